import { Popconfirm, type PopconfirmProps } from 'antd'
import { useEntered } from './useEntered'

/** Asks at the button itself whether it is meant. */
export function Ask(props: PopconfirmProps) {
  return <Popconfirm {...props} {...useEntered()} />
}
