export const duplicates = {
  likely: 'Probably the same', maybe: 'Maybe related', share: '{{share}} % of such pairs are the same', merge: 'Merge into this', mergeTo: 'Merge into {{number}}', search: 'Find another by its number', searchHint: 'Number of an incident',
  none: 'Nothing nearby that could be the same.', found: '{{count}} that could be the same', chosen: 'Merge into', pick: 'Choose what to merge it into',
  after: '{{number}} will have {{count}} reports; every reporter hears the same outcome.', withdrawn: 'Work orders withdrawn: {{units}}', limits: '{{count}} limits stand still and go on if the merge is undone', nothing: 'No work order has to be withdrawn.', undo: 'It can be undone at any time.',
  master: 'Merged, handled with:', masterHidden: 'Merged into an incident that this centre cannot see; a centre above handles it.', merged: '{{count}} merged into it', mergedOf: 'told as {{number}}', channels: 'Channels: {{names}}', more: '{{count}} more reports are outside your jurisdiction',
  bulk: 'Merge', bulkTitle: 'Merge the {{count}} chosen', bulkMaster: 'Which one stays', bulkDo: 'Merge', bulkEach: '{{number}}: {{text}}', bulkOk: 'can be merged', splitHint: 'The chosen reports become an incident of their own; its limits run from when they were told.',
  placeBack: 'Where the old one lies', placeHint: 'As the old incident, unless you search a place, or click or drag on the map.',
  join: 'Add this call to it', joined: 'This call will join {{number}}', unjoin: 'Do not join',
}
