import type { ObjectEnv } from '../bindings.ts';
import { equalSecrets, sha256Hex } from '../../shared/keys/digest.ts';
import { isWellFormedKey } from '../../shared/keys/key-format.ts';
import { deriveTriple } from '../../shared/keys/l2-triple.ts';
import { keyGate, tenantObject } from '../rpc/stubs.ts';
import type { SignIn } from './frames.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Name of the key's object for the credentials of a first frame: a gateway key as `apiKey`, or a triple that we
 * issued, derived anew from the root secret. Undefined when they are not good.
 */
export async function gateOfSignIn(auth: SignIn, env: ObjectEnv): Promise<string | undefined> {
  if (auth.apiKey.startsWith('pst_'))
    return isWellFormedKey(auth.apiKey) ? sha256Hex(auth.apiKey) : undefined;
  if (!UUID.test(auth.apiKey)) return undefined;
  const gate = await sha256Hex(auth.apiKey);
  const key = await keyGate(env, gate).identity();
  const address = key && (await tenantObject(env, key.tenant).l2Address(key.id));
  if (address === undefined) return undefined;
  const triple = await deriveTriple(env.L2_ROOT_SECRET, auth.apiKey, address);
  const [secret, passphrase] = await Promise.all([
    equalSecrets(auth.secret, triple.secret),
    equalSecrets(auth.passphrase, triple.passphrase),
  ]);
  return secret && passphrase ? gate : undefined;
}
