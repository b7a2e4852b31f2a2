import { Modal, type ModalProps } from 'antd'
import { useFocusBack } from './focus'

/** A dialog that is there only while it is needed. */
export function Dialog(props: ModalProps) {
  useFocusBack()
  return <Modal {...props} />
}
