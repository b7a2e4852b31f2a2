import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useMe } from '../app/session'

const dropdown = () => import('./AccountDropdown')
const AccountDropdown = lazy(() => dropdown().then((module) => ({ default: module.AccountDropdown })))

/** The name; its menu is fetched when a hand comes near, and stays from the first time it is opened. */
export function AccountMenu({ openHelp }: { openHelp: () => void }) {
  const me = useMe()
  const [wanted, setWanted] = useState(false)
  const near = () => void dropdown().catch(() => undefined) // asked again when it is opened
  const name = (
    <Button type="text" className="account" onClick={() => setWanted(true)} onPointerEnter={near} onFocus={near} autoFocus={wanted} aria-haspopup="menu" data-testid="account">
      {me.name}
    </Button>
  )
  if (!wanted) return name
  return (
    <Suspense fallback={name}>
      <AccountDropdown openHelp={openHelp}>{name}</AccountDropdown>
    </Suspense>
  )
}
