/** People from a table, and the dates of posts. */
export const people = {
  import: {
    open: 'Import', title: 'Import people and posts', choose: 'Choose a table', template: 'Template', hint: 'xlsx or CSV (UTF-8, GBK), one post per row, 500 rows at most. Every row is checked first; all are imported or none. Passwords are set separately.',
    ready: '{{rows}} rows, {{people}} people: ready to import.', faults: '{{faults}} faults in {{rows}} rows: mend them and choose the file again.', ignored: 'These columns are not imported: {{columns}}.', act: 'Import {{people}} people', done: '{{people}} people imported',
    line: 'Row', fine: 'fine', result: 'Result', region: 'Region code', none: 'No rows to check.',
  },
  dates: { edit: 'Change dates', saved: 'Dates changed', save: 'Save dates', open: 'open' },
}
