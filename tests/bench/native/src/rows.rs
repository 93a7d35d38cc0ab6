//! Seeded headers of a mailbox: mulberry32 and integers only, so that JavaScript makes the same.

pub const SEED: u32 = 0x00c0_ffee;
pub const SEEN: u32 = 1;
const SLOT: i64 = 600_000;
const SLOTS: u32 = 157_680;
const FIRST_DATE: i64 = 1_700_000_000_000 - (1_700_000_000_000 % SLOT);

pub struct Dice(u32);

impl Dice {
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut t = self.0;
        t = (t ^ (t >> 15)).wrapping_mul(t | 1);
        t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
        t ^ (t >> 14)
    }

    pub fn below(&mut self, n: u32) -> u32 {
        self.roll() % n
    }

    fn percent(&mut self, p: u32) -> bool {
        self.roll() % 100 < p
    }

    pub fn date(&mut self) -> i64 {
        FIRST_DATE + SLOT * i64::from(self.below(SLOTS))
    }
}

const SYLLABLES: [&str; 30] = [
    "ka", "lo", "mi", "ten", "dor", "ver", "sal", "pin", "qua", "re", "sto", "bel", "ful", "gan", "hem", "jul", "nov",
    "ost", "per", "rit", "sun", "tam", "ul", "wex", "yor", "zed", "con", "form", "port", "ing",
];
const ACCENTED: [&str; 9] = ["Größe", "résumé", "naïve", "Übersicht", "façade", "señor", "会議", "資料", "予定"];

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn vocabulary() -> Vec<String> {
    let mut dice = Dice::new(7);
    (0..2000)
        .map(|_| {
            let length = 2 + dice.below(3);
            (0..length).map(|_| SYLLABLES[dice.below(30) as usize]).collect()
        })
        .collect()
}

/// Names of correspondents.
fn people(words: &[String]) -> Vec<String> {
    let mut dice = Dice::new(11);
    (0..5000)
        .map(|_| {
            let mut word = || capital(&words[dice.below(2000) as usize]);
            let (first, last) = (word(), word());
            let name = if dice.percent(3) { format!("{first} Müller-{last}") } else { format!("{first} {last}") };
            // The domain of the address.
            dice.roll();
            name
        })
        .collect()
}

#[derive(Clone)]
pub struct Row {
    pub id: u32,
    pub subject: String,
    pub sender: String,
    pub date: i64,
    pub size: u32,
    pub flags: u32,
    pub status: u32,
}

/// `next(id)`: 30 % of the subjects answer one of the last 500; about 3 % are not ASCII.
pub struct Source {
    dice: Dice,
    words: Vec<String>,
    folk: Vec<String>,
    recent: Vec<String>,
}

impl Source {
    pub fn new(seed: u32) -> Self {
        let words = vocabulary();
        let folk = people(&words);
        Self { dice: Dice::new(seed), words, folk, recent: Vec::new() }
    }

    fn word(&mut self) -> &str {
        &self.words[self.dice.below(2000) as usize]
    }

    fn subject(&mut self) -> String {
        if self.recent.len() > 8 && self.dice.percent(30) {
            let other = &self.recent[self.dice.below(u32::try_from(self.recent.len()).unwrap()) as usize];
            return if other.starts_with("Re: ") { other.clone() } else { format!("Re: {other}") };
        }
        let prefix = match self.dice.below(100) {
            0..12 => "Re: ",
            12..17 => "RE: ",
            17..25 => "Fwd: ",
            _ => "",
        };
        let more = 2 + self.dice.below(5);
        let mut subject = prefix.to_owned() + &capital(self.word());
        for _ in 0..more {
            subject.push(' ');
            let word = if self.dice.below(150) == 0 { ACCENTED[self.dice.below(9) as usize] } else { self.word() };
            subject.push_str(word);
        }
        subject
    }

    pub fn title(&mut self) -> String {
        let title = self.subject();
        if self.recent.len() < 500 {
            self.recent.push(title.clone());
        } else {
            let at = self.dice.below(500) as usize;
            self.recent[at].clone_from(&title);
        }
        title
    }

    pub fn row(&mut self, id: u32) -> Row {
        let subject = self.title();
        let dice = &mut self.dice;
        let sender = self.folk[dice.below(5000) as usize].clone();
        let others = u32::from(dice.percent(25)) + u32::from(dice.percent(8));
        // To whom: no column of a view.
        for _ in 0..=others {
            dice.roll();
        }
        let date = dice.date();
        let scale = 10 + dice.below(10);
        let size = (1 << scale) + dice.below(1 << scale);
        let mut flags = 0;
        for (bit, share) in [(SEEN, 70), (2, 20), (4, 8), (8, 3), (16, 30), (32, 5)] {
            if dice.percent(share) {
                flags |= bit;
            }
        }
        let status = dice.below(8);
        // Importance and the two words of the message id: no column of a view.
        for _ in 0..3 {
            dice.roll();
        }
        Row { id, subject, sender, date, size, flags, status }
    }
}

pub fn rows(n: u32) -> Vec<Row> {
    let mut source = Source::new(SEED);
    (0..n).map(|id| source.row(id)).collect()
}
