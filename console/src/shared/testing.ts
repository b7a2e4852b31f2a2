import { afterEach } from 'vitest'
import { cleanup } from '@testing-library/react'
import { applyTheme } from './theme/tokens'

applyTheme('light')
afterEach(cleanup)
