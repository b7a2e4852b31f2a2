import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { connectLive } from '../live/live'
import { useTour } from '../tour/store'
import { AlertWatch } from './AlertWatch'
import { Header } from './Header'
import { Rail } from './Rail'
import { useShellKeys } from './useShellKeys'
import './shell.css'

const KeysHelp = lazy(() => import('./KeysHelp').then((module) => ({ default: module.KeysHelp })))
const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })))
const Tour = lazy(() => import('../tour/Tour').then((module) => ({ default: module.Tour })))

export function Shell() {
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const touring = useTour().open
  useEffect(connectLive, [])
  useShellKeys({ palette: () => setPalette(true), help: () => setHelp(true) })
  return (
    <div className="shell">
      <Header openPalette={() => setPalette(true)} openHelp={() => setHelp(true)} />
      <Rail />
      <main className="shell-main" id="main">
        <Outlet />
      </main>
      <AlertWatch />
      <Suspense>
        {palette && <Palette close={() => setPalette(false)} />}
        {help && <KeysHelp close={() => setHelp(false)} />}
        {touring && <Tour />}
      </Suspense>
    </div>
  )
}
