import { DurableObject } from 'cloudflare:workers';
import { exchangeContract } from '../../shared/signing/polymarket/exchange-contracts.ts';
import type { Vault } from '../../shared/vault/port.ts';
import type { VaultRequest } from '../../shared/vault/request.ts';

interface Env {
  readonly KEEPER: DurableObjectNamespace<Keeper>;
  readonly VAULT: Vault;
}

/** As much as a signature answers with. */
const ANSWER = { ok: true, body: 'ab'.repeat(500), orderHash: `0x${'cd'.repeat(32)}` };

/** The least that an RPC can ask: an object in memory, which answers what it always answers. */
export class Keeper extends DurableObject<Env> {
  sign(_asked: VaultRequest<'signOrder'>): typeof ANSWER {
    return ANSWER;
  }
}

/** As many accounts as the rows of the table have. */
const ACCOUNTS = 200;
/** A test key, valid nowhere. */
const PRIVATE_KEY = `0x${'7e57'.repeat(16)}`;
const CLOB = { apiKey: 'test', secret: btoa('test secret '.repeat(3)), passphrase: 'test' };
const CHAIN = 137;

let turn = 0;
const next = () => {
  turn += 1;
  const account = turn % ACCOUNTS;
  return {
    scope: { tenant: `tnt_${account % 100}`, account: `acct_${account}` },
    actor: { keyId: 'bench', requestId: 'bench' },
    source: { kind: 'stored', venue: 'polymarket' },
  } as const;
};

const anOrder = (): VaultRequest<'signOrder'> => ({
  ...next(),
  order: {
    schema: 2,
    // Another order each time.
    salt: BigInt(turn),
    tokenId: 123_456_789n,
    makerAmount: 5_000_000n,
    takerAmount: 10_000_000n,
    side: 'BUY',
    timestamp: 1_700_000_000_000n,
    metadata: `0x${'0'.repeat(64)}`,
    builder: `0x${'0'.repeat(64)}`,
  },
  exchange: { chainId: CHAIN, verifyingContract: exchangeContract(CHAIN, 2, false) },
  framing: { orderType: 'GTC', postOnly: false, deferExec: false, timestamp: 1_700_000_000 },
});

const request = { method: 'GET', path: '/data/orders', timestamp: 1_700_000_000 } as const;

/** Gives each account its credential, before anything is measured. */
async function store({ VAULT }: Env): Promise<{ readonly ok: boolean }> {
  const credential = { venue: 'polymarket', privateKey: PRIVATE_KEY, clob: CLOB } as const;
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const { scope, actor } = next();
    const stored = await VAULT.store({ scope, actor, credential });
    if (!stored.ok) return stored;
  }
  return { ok: true };
}

/** One RPC each; the gateway asks the vault in the same way, over a service binding. */
const steps: Readonly<Record<string, (env: Env) => Promise<{ readonly ok: boolean }>>> = {
  '/store': store,
  '/rpc': ({ KEEPER }) => {
    const asked = anOrder();
    return KEEPER.getByName(asked.scope.account).sign(asked);
  },
  '/order': ({ VAULT }) => VAULT.signOrder(anOrder()),
  '/l2': ({ VAULT }) => VAULT.l2Headers({ ...next(), request }),
};

export default {
  async fetch(incoming: Request, env: Env): Promise<Response> {
    const result = await steps[new URL(incoming.url).pathname]?.(env);
    return Response.json(result ?? null, { status: result?.ok === true ? 200 : 500 });
  },
};
