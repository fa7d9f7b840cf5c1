import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { errorSections } from '../shared/errors/catalogue.ts';
import { inProject } from './lib/paths.ts';

/** `npm run generate`: writes docs/errors.md from the catalogue. With --check: fails when it differs. */
const file = inProject('docs/errors.md');
const text = errorsPage();
if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error('docs/errors.md is not what the catalogue says: run npm run generate');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
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
  ];
  const sections = Object.entries(errorSections).map(([heading, entries]) => [
    '',
    `## ${heading}`,
    '',
    '| code | HTTP | sentence | retry | what to do |',
    '|---|---|---|---|---|',
    ...Object.entries(entries).map(
      ([code, entry]) =>
        `| ${code} | ${entry.status} | ${entry.sentence} | ${entry.retryable ? 'yes' : 'no'} | ${entry.action} |`,
    ),
  ]);
  return `${[...intro, ...sections.flat()].join('\n')}\n`;
}
