export { failure, RequestError } from '../../../shared/errors/failure.ts';
export { toWireError } from './surfaces.ts';
