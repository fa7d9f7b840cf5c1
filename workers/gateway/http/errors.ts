export { failure, RequestError } from '../../../shared/errors/failure.ts';
export { errorHeaders, toV1Error } from '../../../shared/errors/v1-mapper.ts';
