import { Modal, type ModalProps } from 'antd'
import { useEffect, useState } from 'react'

/**
 * A dialog that is there only while it is needed. Ant Design gives the focus back when a dialog is hidden, not when it
 * is taken away; without that the keyboard would start again at the top of the page.
 */
export function Dialog(props: ModalProps) {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      setTimeout(() => {
        const lost = !document.activeElement || document.activeElement === document.body
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus()
      })
    },
    [before],
  )
  return <Modal {...props} />
}
