"""The program's time: sessions, seats, occupancy, appointments, attendance, weekly hours.

Must not know notes or charges."""
