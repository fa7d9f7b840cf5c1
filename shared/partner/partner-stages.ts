export const partnerStages = ['demo', 'challenge', 'funded'] as const;

export type PartnerStage = (typeof partnerStages)[number];
