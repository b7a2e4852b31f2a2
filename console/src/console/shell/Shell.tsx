import { Outlet } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { connectLive } from '../live/live'
import { Tour } from '../tour/Tour'
import { AlertWatch } from './AlertWatch'
import { Header } from './Header'
import { KeysHelp } from './KeysHelp'
import { Palette } from './Palette'
import { Rail } from './Rail'
import { useShellKeys } from './useShellKeys'
import './shell.css'

export function Shell() {
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
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
      {palette && <Palette close={() => setPalette(false)} />}
      <KeysHelp open={help} close={() => setHelp(false)} />
      <Tour />
    </div>
  )
}
