import * as z from 'zod';
import { partnerStages } from '../../../shared/partner/partner-stages.ts';

export const stage = z.enum(partnerStages);

export const accountStatus = z.enum(['active', 'closed', 'archived']);
