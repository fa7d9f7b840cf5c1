import { ladder, type CatalogueSpec } from '../data-venues/catalogue.ts';

export const catalogue: CatalogueSpec = {
  decimals: 3,
  groups: [
    {
      title: 'What price will Bitcoin hit in February?',
      category: 'Crypto',
      options: [
        ['↑ 92,000', 'open'],
        ['↑ 88,000', 'resolved'],
        ['↓ 60,000', 'closed'],
      ],
    },
  ],
  singles: [
    { title: 'Will it rain in Lisbon on 28 February 2028?', category: 'Weather' },
    { title: 'A market of the pools', category: 'Other', pool: true },
    { title: 'Did the bridge open in January?', category: 'Other', status: 'closed' },
    { title: 'Was the law passed in January?', category: 'Politics', status: 'resolved' },
    ...ladder('Bitcoin'),
  ],
};
