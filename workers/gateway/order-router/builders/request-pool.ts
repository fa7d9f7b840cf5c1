import * as z from 'zod';
import { tenantObject } from '../../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { POOL_QPS } from '../../../../shared/limits/customer-pool.ts';
import { tenantPrincipalOf } from '../../context/caller.ts';
import { route, type AnyRoute } from '../../http/route.ts';

const pool = route({
  method: 'GET',
  path: '/api/v1/builder/pool',
  summary:
    'Requests a second that the customers share, and what they were promised: the promises may exceed it',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  reply: {
    status: 200,
    schema: z.object({
      qps_pool: z.number(),
      end_user_count: z.number(),
      total_allocated_qps: z.number(),
    }),
  },
  async handle({ env, caller }) {
    const totals = await tenantObject(env, tenantPrincipalOf(caller).tenant).customerTotals();
    if (!totals.ok) throw new RequestError(totals);
    const { count, allocatedQps } = totals;
    return { body: { qps_pool: POOL_QPS, end_user_count: count, total_allocated_qps: allocatedQps } };
  },
});

export const builderPoolRoutes: readonly AnyRoute[] = [pool];
