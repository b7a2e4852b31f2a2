export const tour = {
  stories: 'choose a story', label: 'Demo tour', close: 'Close the tour', step: 'Step {{step}} of {{of}}', back: 'Back', end: 'End the tour', next: 'Next', enter: 'Sign in as this post', phone: 'Open the phone app',
  advance: 'Move the clock {{days}} days', resident: 'Resident {{phone}}',
  who: {
    'banan-duty': 'Banan duty officer', 'jiulongpo-duty': 'Jiulongpo duty officer', 'jiulongpo-chief': 'Jiulongpo duty chief', 'jlp-cg': 'Jiulongpo city management', 'jlp-housing': 'Jiulongpo housing',
    'shiqiaopu-enforcement': 'Shiqiaopu enforcement team', 'yunfeng-duty': 'Yunfeng duty officer', zhaiziping: 'Zhaiziping community', 'zhaiziping-grid': 'Zhaiziping grid worker',
  },
  truck: {
    name: 'Muck truck',
    seen: { title: 'Banan sees an overloaded muck truck', text: 'After signing in the form holds an example: 渝DC6XXX, Yunan Avenue. Check place and category, send.' },
    transfer: { title: 'Accept and transfer to Jiulongpo', text: 'Open it in the list, accept, then choose transfer to 九龙坡区: the vehicle is heading and registered there.' },
    take: { title: 'It pops up in Jiulongpo', text: 'Change to the Jiulongpo duty officer. It stands on top of the list; take it over.' },
    dispatch: { title: 'Verify and dispatch', text: 'Read the proposal and why: city management leads, housing assists, assigned down to the Shiqiaopu enforcement team. If the team is missing, search and add it under “Assigned”. Confirm.' },
    bureau: { title: 'City management acknowledges', text: 'Acknowledge the work order and start.' },
    housing: { title: 'Housing assists', text: 'Acknowledge and report back: the site’s papers were checked.' },
    street: { title: 'The street’s team handles it', text: 'On the phone app as shiqiaopu-enforcement: acknowledge, handle, report back with a fine of 2,000 yuan.' },
    wait: { title: 'Three days pass', text: 'Move the demo clock three days; everybody’s deadlines move with it.' },
    report: { title: 'The lead reports back', text: 'City management sums up and reports back.' },
    close: { title: 'Check and close', text: 'Somebody who did not handle it checks and closes. The history shows every step and why.' },
  },
  drain: {
    name: 'Blocked drain',
    report: { title: 'A resident reports by phone', text: 'On the phone app as 13800000001; the code is shown. Take a photo and write that the drain at 寨子坪社区 is blocked.' },
    order: { title: 'The community sends its grid worker', text: 'A rule gave it straight to the Zhaiziping community; “Why” says so. Acknowledge the work order and give it to the grid worker 吕军.' },
    handle: { title: 'The grid worker handles it', text: 'On the phone app as zhaiziping-grid: confirm on site, call the crew, report back with a photo.' },
    check: { title: 'Check and close', text: 'The street checks the photos and closes.' },
    rate: { title: 'The resident rates', text: 'Back on the resident’s phone: every step is there; rate it.' },
  },
}
