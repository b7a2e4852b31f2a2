import type { TooltipRef } from 'antd/es/tooltip'
import { useRef, type RefObject } from 'react'
import { giveBack, reachable } from './focus'

interface Entered {
  ref: RefObject<TooltipRef | null>
  afterOpenChange: (open: boolean) => void
}

/** For what pops up beside a button: the keyboard enters it when it opens and returns to the button when it closes. */
export function useEntered(): Entered {
  const ref = useRef<TooltipRef>(null)
  const afterOpenChange = (open: boolean) => {
    const popup = ref.current?.popupElement
    if (open && popup) return reachable(popup)[0]?.focus()
    giveBack(ref.current?.nativeElement ?? null)
  }
  return { ref, afterOpenChange }
}
