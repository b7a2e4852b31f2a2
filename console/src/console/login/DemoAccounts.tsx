import { useTranslation } from 'react-i18next'
import type { DemoAccount } from '@/shared/api/types'

/** Who can be played in the demo, by centre. */
export function DemoAccounts({ accounts, choose, busy }: { accounts: DemoAccount[]; choose: (login: string) => void; busy: boolean }) {
  const { t } = useTranslation('console')
  const groups = [...new Set(accounts.map((account) => account.group))]
  return (
    <section className="card demo-accounts" aria-label={t('login.demo')}>
      <div className="card-head">
        <h2>{t('login.demo')}</h2>
        <span className="chip">{t('shared:simulated')}</span>
        <span className="meta">{t('login.demoHint')}</span>
      </div>
      <div className="demo-groups">
        {groups.map((group) => (
          <div key={group}>
            <h3>{group}</h3>
            <ul>
              {accounts
                .filter((account) => account.group === group)
                .map((account) => (
                  <li key={account.login}>
                    <button type="button" disabled={busy} onClick={() => choose(account.login)} data-testid={`demo-${account.login}`}>
                      <b>{account.unit_name}</b>
                      <span>
                        {account.role_name} {account.name}
                      </span>
                      <code>{account.login}</code>
                    </button>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}
