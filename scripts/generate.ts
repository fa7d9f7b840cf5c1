import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorSections, type Reason } from '../shared/errors/catalogue.ts';
import { failure } from '../shared/errors/failure.ts';
import { toRouterError } from '../shared/errors/router-mapper.ts';
import { inProject } from './lib/paths.ts';
import { sdkFiles } from './generate/sdk-files.ts';

/** `npm run generate`: documents and the SDK's types, from what the code says. With --check: fails when one differs. */
const files = { 'docs/errors.md': errorsPage(), ...(await sdkFiles()) };
for (const [path, text] of Object.entries(files)) {
  const file = inProject(path);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${path} is not what the code says: run npm run generate`);
    process.exitCode = 1;
  }
}

function errorsPage(): string {
  const intro = [
    '# Errors',
    '',
    'Generated from `shared/errors/catalogue.ts` by `npm run generate`: do not edit.',
    '',
    'Every error carries its code in the `X-Polysim-Code` header and the request id in `X-Request-Id`. The body on `/v1`',
    'is `{"error":"<sentence>"}`; with `X-Polysim-Verbose: true` it is `{"error","message","details","request_id"}`. A 402',
    'is `{"error":"UPGRADE_REQUIRED","feature_key","upgrade_url"}`.',
    '',
    'On `/api/v1` the body is `{"error":"<sentence>","code","retryable","validation_errors"?,"tier"?,"limit_qps"?}` with',
    "the status and the code of that surface, which stand in the column `/api/v1`; `X-Polysim-Code` is this table's code.",
    'On `/v1/partner` it is `{"error":"<code>","message":"<sentence>"}`.',
  ];
  const sections = Object.entries(errorSections).map(([heading, entries]) => [
    '',
    `## ${heading}`,
    '',
    '| code | HTTP | `/api/v1` | sentence | retry | what to do |',
    '|---|---|---|---|---|---|',
    ...Object.entries(entries).map(
      ([code, entry]) =>
        `| ${code} | ${entry.status} | ${onRouter(code as Reason)} | ${entry.sentence} | ${entry.retryable ? 'yes' : 'no'} | ${entry.action} |`,
    ),
  ]);
  return `${[...intro, ...sections.flat()].join('\n')}\n`;
}

/** Status and code of a reason on `/api/v1`. The sections' keys are the catalogue's. */
function onRouter(reason: Reason): string {
  const { status, body } = toRouterError(failure(reason));
  return `${status} ${String(body['code'])}`;
}
