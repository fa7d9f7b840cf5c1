import { fileURLToPath } from 'node:url';

/** The project's own folder, whatever the working directory is. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A path inside the project. */
export const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
