import * as z from 'zod';
import { route } from '../http/route.ts';
import { LOGIN_PATH } from '../tenants/login-address.ts';

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem; color: #1c2330; }
  button { font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .4rem; background: #17528c; color: #fff; }
  code { word-break: break-all; }`;

/**
 * The token stands after the `#`, which browsers send to nobody, and is used up by the button alone: what mail scanners
 * and previews fetch is this page, the same for everybody. The session goes on to the portal in the same way.
 */
const script = `
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  const [button, said] = [document.querySelector('button'), document.querySelector('p')];
  if (!token) { button.hidden = true; said.textContent = 'This link is not complete: open it from the mail again.'; }
  button.addEventListener('click', async () => {
    button.disabled = true;
    const reply = await fetch('/v1/trader/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const session = await reply.json();
    button.hidden = true;
    if (!reply.ok) { said.textContent = session.error + '. Ask for a new link.'; return; }
    if (session.redirect_url) {
      location.replace(session.redirect_url + '#postern_session=' + session.session_token);
      return;
    }
    said.textContent = 'You are signed in. Your session token: ';
    said.append(Object.assign(document.createElement('code'), { textContent: session.session_token }));
  });`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign in</title>
<style>${style}</style>
</head>
<body>
<h1>Sign in</h1>
<p>Press the button to sign in. The link works once.</p>
<button type="button">Sign in</button>
<script>${script}</script>
</body>
</html>`;

/** It loads nothing, is framed by nobody, and tells nobody where it came from. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export const login = route({
  method: 'GET',
  path: LOGIN_PATH,
  summary: 'The page that a login link leads to; fetching it uses nothing up',
  tag: 'trader',
  auth: { kind: 'open' },
  reply: { status: 200, schema: z.string(), type: 'text/html' },
  handle: () => new Response(page, { headers }),
});
