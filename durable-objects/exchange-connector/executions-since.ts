import { self, type Ask } from './asking.ts';
import { meaningOf } from './replies.ts';
import { executionPage, type Execution } from './wire.ts';

/** Pages of executions after a gap; a desk that traded more within it needs more rounds. */
const PAGE = 500;

/** All executions since a moment, by lookup; rejects until the exchange has said. */
export async function executionsSince(ask: Ask, since: string): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  for (let token = ''; ;) {
    const body = JSON.stringify({
      start_time: since,
      page_size: PAGE,
      ...(token !== '' && { page_token: token }),
    });
    const reply = await ask({
      path: '/api/v1beta1/search_executions',
      body,
      actor: self,
      auth: 'desk',
    });
    const meaning = reply.ok ? meaningOf(reply) : undefined;
    if (meaning?.kind !== 'body') throw new Error('the executions of a gap could not be looked up');
    const page = executionPage.parse(meaning.body);
    found.push(...page.executions);
    if (page.next_page_token === '') return found;
    token = page.next_page_token;
  }
}
