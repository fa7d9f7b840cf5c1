import * as z from 'zod';

/** What `POST /__control/faults` takes. Paths are those below the venue's base path. */
export const faultSchema = z.object({
  method: z.string().toUpperCase().optional(),
  path: z.string().startsWith('/'),
  times: z.number().int().min(1).max(10_000).default(1),
  kind: z.enum(['status', 'delay', 'drop_before', 'drop_after', 'hang', 'malformed']),
  status: z.number().int().min(200).max(599).default(500),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  delay_ms: z.number().int().min(0).max(60_000).default(0),
  after_processing: z.boolean().default(false),
});

export type Fault = z.infer<typeof faultSchema>;

interface ArmedFault {
  readonly fault: Fault;
  left: number;
}

export interface FaultTable {
  readonly armed: ArmedFault[];
  fired: number;
}

const MAX_FAULTS = 200;

export function createFaultTable(): FaultTable {
  return { armed: [], fired: 0 };
}

/** @returns false when the table is full. */
export function armFault(table: FaultTable, fault: Fault): boolean {
  if (table.armed.length >= MAX_FAULTS) return false;
  table.armed.push({ fault, left: fault.times });
  return true;
}

/** The first armed fault for this request, counted down. */
export function takeFault(table: FaultTable, method: string, path: string): Fault | undefined {
  const at = table.armed.findIndex(({ fault }) => matches(fault, method, path));
  const armed = table.armed[at];
  if (armed === undefined) return undefined;
  armed.left -= 1;
  table.fired += 1;
  if (armed.left <= 0) table.armed.splice(at, 1);
  return armed.fault;
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  return fault.path.endsWith('*') ? path.startsWith(fault.path.slice(0, -1)) : path === fault.path;
}
