import { type Micro, formatMicro } from '../money/fixed.ts';
import { type Failure, failure } from '../errors/failure.ts';

export const insufficientShares = (free: Micro, asked: Micro): Failure =>
  failure('INSUFFICIENT_POSITION', {
    message: `The session holds ${formatMicro(free)} free shares: it cannot sell ${formatMicro(asked)}`,
  });
