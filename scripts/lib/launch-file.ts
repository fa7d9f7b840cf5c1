/** What `<home>/postern.json` tells whoever wants to use the running program (design, section 10). */
export interface PosternFile {
  readonly url: string;
  readonly adminToken: string;
  /** One gateway key for each kind of tenant. */
  readonly keys: Readonly<Record<'trader' | 'builder' | 'partner' | 'desk' | 'free', string>>;
  readonly polymarket: { readonly privateKey: string; readonly address: string };
  readonly jwt: { readonly issuer: string; readonly audience: string; readonly sample: string };
  readonly emulators: { readonly polymarket: string };
  readonly pids: { readonly workerd: number; readonly polymarket: number };
}
