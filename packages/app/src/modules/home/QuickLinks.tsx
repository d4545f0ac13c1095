import { Link } from '@backstage/core-components';
import List from '@material-ui/core/List';
import ListItem from '@material-ui/core/ListItem';
import ListItemText from '@material-ui/core/ListItemText';

const LINKS = [
  {
    to: '/operations/jobs',
    title: 'Batch jobs',
    about: 'What ran, what failed, what is next',
  },
  {
    to: '/operations/jobs?status=failed',
    title: 'Failed jobs',
    about: 'Jobs whose last run failed',
  },
  {
    to: '/operations/audit',
    title: 'Audit',
    about: 'Who did what, when, and why',
  },
  {
    to: '/catalog?filters[kind]=group',
    title: 'Teams',
    about: 'Who owns a job, and whom to ask',
  },
];

export const QuickLinks = () => (
  <List dense disablePadding>
    {LINKS.map(({ to, title, about }) => (
      <ListItem key={to} disableGutters>
        <ListItemText
          primary={<Link to={to}>{title}</Link>}
          secondary={about}
        />
      </ListItem>
    ))}
  </List>
);
