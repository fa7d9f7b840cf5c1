import { ladder, type CatalogueSpec } from '../data-venues/catalogue.ts';

export const catalogue: CatalogueSpec = {
  decimals: 2,
  groups: [
    {
      title: 'Who wins the cup in 2028?',
      category: 'Sports',
      options: [
        ['Northern Lions', 'open'],
        ['Southern Bears', 'resolved'],
        ['Eastern Wolves', 'closed'],
      ],
    },
  ],
  singles: [
    { title: 'Ether up or down on 28 February 2028', category: 'Crypto', labels: ['Up', 'Down'] },
    { title: 'Did the probe land in January?', category: 'Science', status: 'closed' },
    { title: 'Was the record broken in January?', category: 'Sports', status: 'resolved' },
    ...ladder('BNB'),
  ],
};
