import { Dropdown, type MenuProps } from 'antd'
import { cloneElement, useRef, type ReactElement, type Ref } from 'react'
import { giveBack } from './focus'

interface Props {
  items: NonNullable<MenuProps['items']>
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** the button */
  children: ReactElement<{ ref?: Ref<HTMLButtonElement> }>
}

/** A menu below a button: the keyboard goes into it, and back to the button before what was chosen is done. */
export function ButtonMenu({ items, open, onOpenChange, children }: Props) {
  const button = useRef<HTMLButtonElement>(null)
  const changed = (next: boolean) => {
    onOpenChange?.(next)
    if (!next) setTimeout(() => giveBack(button.current))
  }
  const returning = items.map((item) => {
    if (!item || !('onClick' in item) || !item.onClick) return item
    const act = item.onClick
    return { ...item, onClick: (info: Parameters<typeof act>[0]) => { button.current?.focus(); act(info) } }
  })
  return (
    <Dropdown trigger={['click']} autoFocus menu={{ items: returning as MenuProps['items'] }} open={open} onOpenChange={changed}>
      {cloneElement(children, { ref: button })}
    </Dropdown>
  )
}
