import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from 'ethers';
import type { TestProject } from 'vitest/node';
import { startDataVenues } from '../../emulators/data-venues/index.ts';
import { startChainEmulator } from '../../emulators/chain/index.ts';
import { startKalshiEmulator } from '../../emulators/kalshi/index.ts';
import { startPolymarketEmulator } from '../../emulators/polymarket/index.ts';
import { startOutbox } from '../../scripts/launch/outbox.ts';
import { startExchangeStages } from './exchange-stage.ts';

/** One emulator of each venue for all object tests; they reach it over real HTTP. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const polymarket = await startPolymarketEmulator({ clock: 'manual' });
  const kalshi = await startKalshiEmulator({ clock: 'manual' });
  const dataVenues = await startDataVenues({ clock: 'manual' });
  const { limitless, opinion, predictfun } = dataVenues.venues;
  const chain = await startChainEmulator();
  const exchange = await startExchangeStages();
  const folder = mkdtempSync(join(tmpdir(), 'postern-test-mails-'));
  const outbox = await startOutbox(folder);
  const { vars, controlUrl } = exchange;
  const relayer = { address: utils.computeAddress(process.env['RELAYER_KEY'] ?? '') };
  await fetch(`${chain.url}/__control/operator`, { method: 'POST', body: JSON.stringify(relayer) });
  project.provide('exchange', { vars, controlUrl });
  project.provide('mailPort', Number(new URL(outbox.url).port));
  project.provide('chainUrl', chain.url);
  project.provide('clobUrl', polymarket.url);
  project.provide('kalshiUrl', kalshi.url);
  project.provide('dataVenueUrls', {
    LIMITLESS_URL: limitless.url,
    OPINION_URL: opinion.url,
    PREDICTFUN_URL: predictfun.url,
  });
  return async () => {
    await Promise.all([
      polymarket.close(),
      kalshi.close(),
      dataVenues.close(),
      chain.close(),
      exchange.close(),
      outbox.close(),
    ]);
    rmSync(folder, { recursive: true });
  };
}
