import { Table, type TableProps } from 'antd'
import './cardtable.css'

/** A table that turns into cards where the window is narrow: there each cell carries the name of its column. */
export function CardTable<Row extends object>({ columns, className = '', ...rest }: TableProps<Row>) {
  const named = columns?.map((column) => ({
    ...column,
    onCell: (row: Row, index?: number) => ({ ...column.onCell?.(row, index), 'data-label': typeof column.title === 'string' ? column.title : undefined }),
  }))
  return <Table<Row> {...rest} columns={named} className={`card-table ${className}`} />
}
