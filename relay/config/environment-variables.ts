import * as z from 'zod';
import { existsSync } from 'node:fs';

/** What an operator sets: relay/README.md explains each. Every name ends as `RELAY_<NAME>`. */
const integer = (low: number, high: number, fallback: number): z.ZodType<number, string | undefined> =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .optional()
    .transform((text) => (text === undefined ? fallback : Number(text)))
    .pipe(z.number().min(low).max(high));

const url = (...protocols: readonly string[]): z.ZodType<URL, string> =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be a URL that begins with ${protocols.join('// or ')}//`,
    })
    .transform((text) => new URL(text));

const present = z.string().refine(existsSync, 'there is no such file or folder');

const desk = z.string().regex(/^[^/\s,]{1,128}\/[^/\s,]{1,31}$/, 'must be <tenant>/<environment>');

export const environment = z.object({
  RELAY_DIALECT: z.enum(['v1beta1', 'v1']).default('v1beta1'),
  RELAY_ENVIRONMENT: z.enum(['preprod', 'prod']).optional(),
  RELAY_CONNECT: z.enum(['cname', 'privatelink', 'privatelink-host']).default('cname'),
  RELAY_REST_URL: url('https:', 'http:').optional(),
  RELAY_GRPC_URL: url('https:', 'http:').optional(),
  RELAY_TOKEN_URL: url('https:', 'http:').optional(),
  RELAY_TOKEN_AUDIENCE: z.string().max(500).optional(),
  RELAY_HOST_HEADER: z
    .string()
    .regex(/^[\w.-]{1,253}(:\d{1,5})?$/)
    .optional(),
  RELAY_CA_FILE: present.optional(),
  RELAY_PROTO_DIR: present.optional(),
  RELAY_EDGE_KEYS: z.string().max(10_000),
  RELAY_SIGNING_KEY: z.string().max(10_000),
  RELAY_SEALING_KEY: z.string().max(10_000),
  RELAY_HOST: z.string().min(1).default('127.0.0.1'),
  RELAY_PORT: integer(0, 65_535, 8790),
  RELAY_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  RELAY_OPS_PORT: integer(0, 65_535, 8791),
  RELAY_DIAL_URL: url('wss:', 'ws:').optional(),
  RELAY_DESKS: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? [] : text.split(',').map((one) => one.trim())))
    .pipe(z.array(desk).max(100)),
  RELAY_WINDOW_ITEMS: integer(16, 100_000, 4096),
  RELAY_WINDOW_KB: integer(64, 262_144, 8192),
  RELAY_MEMORY_MB: integer(1, 16_384, 256),
  RELAY_SOCKET_KB: integer(16, 65_536, 1024),
  RELAY_GRACE_S: integer(0, 3600, 60),
  RELAY_DRAIN_S: integer(0, 300, 20),
  RELAY_SILENCE_S: integer(1, 3600, 180),
});

export type Environment = z.infer<typeof environment>;
