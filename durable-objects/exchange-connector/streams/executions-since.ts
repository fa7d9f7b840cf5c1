import { CONNECTOR_ACTOR } from '../desk/exchange-calls.ts';
import type { Ask } from '../../../shared/relay/ask-request.ts';
import { meaningOf, type ReplyMeaning } from '../../../shared/relay/exchange-replies.ts';
import { executionPage, type Execution } from './wire.ts';

/** The exchange's own bound. */
const PAGE = 1_000;
/**
 * It lists executions so often a minute (docs.polymarket.us/trader-guide/rate-limits): a longer wait says something
 * else.
 */
const MAX_WAIT_S = 60;
/**
 * Of one lookup: ten thousand executions more than are let through at once. A connection that is lost meanwhile leaves it
 * behind.
 */
const MOST_WAITS = 10;

/**
 * All executions since a moment, by lookup; rejects until the exchange has said. Where it takes no more questions for
 * now, the next page waits: to begin again with the first would use up what is let through, and never come to the last.
 */
export async function executionsSince(ask: Ask, since: string): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let waits = 0;
  for (let token = ''; ;) {
    const body = JSON.stringify({
      start_time: since,
      page_size: PAGE,
      ...(token !== '' && { page_token: token }),
    });
    const reply = await ask({
      path: '/api/v1beta1/search_executions',
      body,
      actor: CONNECTOR_ACTOR,
      auth: 'desk',
    });
    const meaning = reply.ok ? meaningOf(reply) : undefined;
    const wait = waitOf(meaning);
    if (wait !== undefined && waits < MOST_WAITS) {
      waits += 1;
      await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
      continue;
    }
    if (meaning?.kind !== 'body') throw new Error('the executions of a gap could not be looked up');
    const page = executionPage.parse(meaning.body);
    found.push(...page.executions);
    if (page.next_page_token === '') return found;
    if (page.next_page_token === token) throw new Error('the exchange tells the same page again');
    token = page.next_page_token;
  }
}

/** Seconds; undefined where it is not the rate that was refused. */
function waitOf(meaning: ReplyMeaning | undefined): number | undefined {
  if (meaning?.kind !== 'refused' || meaning.failure.status !== 429) return undefined;
  const { retryAfter = 1 } = meaning.failure;
  return retryAfter <= MAX_WAIT_S ? retryAfter : undefined;
}
