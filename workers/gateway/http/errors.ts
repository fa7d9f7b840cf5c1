export { failure, RequestError } from '../../../shared/errors/failure.ts';
export { toWireError } from './wire-errors.ts';
