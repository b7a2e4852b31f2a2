import { Popover, type PopoverProps } from 'antd'
import { useEntered } from './useEntered'

/** What a button shows beside itself until it is pressed again. */
export function Flyout(props: PopoverProps) {
  return <Popover trigger="click" {...props} {...useEntered()} />
}
