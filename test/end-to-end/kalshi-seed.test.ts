import { Configuration, ExchangeApi, PortfolioApi } from 'kalshi-typescript';
import { expect, inject, test } from 'vitest';

const file = inject('postern');

test('the Kalshi key in postern.json opens an account on the running emulator', async () => {
  const { apiKeyId: apiKey, privateKeyPem } = file.kalshi;
  const basePath = file.emulators.kalshi;
  const configuration = new Configuration({ apiKey, privateKeyPem, basePath });
  expect((await new ExchangeApi(configuration).getExchangeStatus()).data.trading_active).toBe(true);
  const { data } = await new PortfolioApi(configuration).getBalance();
  expect(data.balance_dollars).toBe('100000.0000');
});
