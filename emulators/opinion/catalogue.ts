import { ladder, type CatalogueSpec } from '../data-venues/catalogue.ts';

export const catalogue: CatalogueSpec = {
  decimals: 3,
  groups: [
    {
      title: 'Which companies will be acquired before 2028?',
      category: 'Business',
      options: [
        ['Northwind', 'open'],
        ['Contoso', 'resolved'],
        ['Fabrikam', 'closed'],
      ],
    },
  ],
  singles: [
    { title: 'Will the index reach 7,000 in 2027?', category: 'Macro', labels: ['YES', 'NO'] },
    { title: 'Did the vote pass in January?', category: 'Politics', status: 'resolved' },
    { title: 'Did the ship arrive in January?', category: 'Other', status: 'closed' },
    ...ladder('Ether'),
  ],
};
