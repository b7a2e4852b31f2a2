export const classification = {
  title: 'Categories learned', hint: 'Learned from the categories that officers confirmed; where it is not sure it only proposes, and a person decides.',
  none: 'Nothing learned yet: hint words propose. With 100 confirmed categories it can learn.', waiting: '{{confirmed}} to learn from, {{fresh}} of them newly confirmed (it may learn again from {{needed}}).',
  simulated: 'Simulated', simulatedWhy: 'Learned from simulated incidents: it proposes and never decides.', train: 'Learn now', training: 'Queued; the result will appear below.',
  inUse: 'In use', refused: 'Not taken: worse than the present one on texts that neither had seen', withdrawn: 'Withdrawn', byHand: 'By hand', byJob: 'By itself', model: 'Model {{name}}',
  macro: 'Mean F1 over categories', macroWhy: 'Cross-validated: every text was judged by a model that had not seen it; ± is the spread over the folds', accuracy: 'Right', examples: 'Texts learned', calibration: 'Gap between confidence and truth', points: '{{value}} points',
  compared: 'Old and new on {{count}} texts that neither had seen: {{old}}, now {{fresh}}.',
  automatic: 'Taken at intake without asking', never: 'Never, only proposed', from: 'From a confidence of {{value}}', trust: 'Confidence', share: 'Share of all', right: 'Right among these', automaticHint: 'Not below 80 %; on unseen texts 90 % must have been right.',
  classes: 'By category', name: 'Category', count: 'Texts', precision: 'Right when it says so', recall: 'Found', confusion: 'Most often mistaken', mistaken: '{{actual}} taken for {{predicted}}', times: '{{count}} times', noConfusion: 'None was mistaken.',
  history: 'Attempts', at: 'When', result: 'Result', withdraw: 'Withdraw', withdrawAsk: 'The one before takes over; without one, hint words propose.', reason: 'Reason', withdrawDefault: 'Too many mistakes',
  confidence: '{{value}} confident', byWords: 'hint words', because: 'by: {{words}}', pick: 'Take {{name}}', proposals: 'Proposed categories', group: '{{name}} {{value}}',
}
