import type { LiveVenue } from '../../../shared/venues/venue-names.ts';
import { kalshiModule } from './kalshi-module.ts';
import { polymarketModule } from './polymarket-module.ts';
import type { VenueModule } from './venue-module.ts';

/** The live venues as the gateway knows them. */
export const venueModules: Readonly<Record<LiveVenue, VenueModule>> = {
  polymarket: polymarketModule,
  kalshi: kalshiModule,
};
