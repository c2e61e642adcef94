"""What customers ask and what an assistant answers, in Italian and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter that people write about.

    Attributes:
        name: as it stands on a button.
        turns: what the customer writes, and what the assistant answers; ``{n}`` stands for a number.
    """

    name: str
    turns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that is said in one language."""

    code: str
    greeting: str
    thanks: tuple[tuple[str, str], ...]
    more: str
    details: str
    topics: tuple[Topic, ...]


ITALIAN: Final = Language(
    "it",
    "Ciao! Sono l'assistente virtuale. Come posso aiutarti?",
    (
        ("OK GRAZIE", "Grazie a te! Se hai bisogno di altro, scrivimi pure."),
        ("grazie mille, perfetto 😊", "È stato un piacere. Buona giornata!"),
        ("va bene così", "Felice di averti aiutato. A presto!"),
        (
            "non mi è stato utile",
            "Mi dispiace. Per ulteriori informazioni puoi contattare il nostro ufficio.",
        ),
    ),
    "Posso aiutarti con altro?",
    "Vedi i dettagli",
    (
        Topic(
            "Ordini e spedizioni",
            (
                (
                    "Buongiorno, dov'è il mio ordine {n}?",
                    "L'ordine {n} è partito ieri e arriva in 2–3 giorni.",
                ),
                ("posso cambiare indirizzo di consegna?", "Sì, finché il pacco non è in consegna."),
                ("il corriere non è passato", "Mi dispiace per il disagio. Ho chiesto una nuova consegna."),
                ("quanto costa la spedizione", "La spedizione costa 4,90 €, è gratuita sopra i 49 €."),
            ),
        ),
        Topic(
            "Fatture",
            (
                ("Non ho ricevuto la fattura di marzo", "La fattura {n} è nella tua area personale."),
                ("la posso avere in pdf?", "Certo: apri la fattura e scegli “Scarica PDF”."),
                ("c'è un importo che non capisco", "È il canone del mese più il conguaglio dell'anno."),
                ("come pago con bonifico?", "L'IBAN è in fondo alla fattura; indica il numero {n}."),
            ),
        ),
        Topic(
            "Orari e sedi",
            (
                ("A che ora aprite domani?", "Siamo aperti dal lunedì al sabato, dalle 9:00 alle 19:30."),
                ("e la domenica??", "La domenica siamo chiusi, tranne a dicembre."),
                ("dov'è il negozio più vicino a Torino", "In via Po {n}, a 5 minuti dalla stazione."),
                ("c'è il parcheggio", "Sì, gratuito per due ore."),
            ),
        ),
        Topic(
            "Resi e rimborsi",
            (
                ("vorrei rendere un paio di scarpe", "Hai 30 giorni dalla consegna. Vuoi l'etichetta?"),
                ("quando arriva il rimborso?", "Entro 5 giorni lavorativi sulla carta usata per l'acquisto."),
                ("la taglia è sbagliata <40 invece di 41>", "Possiamo cambiarla: la pratica è la {n}."),
            ),
        ),
        Topic(
            "Account",
            (
                ("non riesco ad accedere", "Ti ho inviato un link per reimpostare la password."),
                ("il link non funziona", "Vale 15 minuti: te ne mando un altro."),
                (
                    "voglio parlare con un operatore!!!",
                    "Ti metto in contatto con una persona del nostro team.",
                ),
            ),
        ),
    ),
)

ENGLISH: Final = Language(
    "en",
    "Hi! I am the virtual assistant. How can I help?",
    (
        ("thanks a lot!", "You are welcome. Have a nice day!"),
        ("ok, bye 👋", "Bye! Write to me whenever you like."),
        ("that did not help", "I am sorry. Our office is open from 9 to 6, please call us there."),
    ),
    "Is there anything else?",
    "See the details",
    (
        Topic(
            "Orders",
            (
                ("Where is my order {n}?", "Order {n} left yesterday and arrives in 2–3 days."),
                ("can I change the address", "Yes, until the parcel is out for delivery."),
                ("it says delivered but it isn't here", "I am sorry. I have opened case {n} for you."),
                ("=SUM(A1:A9) that's what the mail said", "That looks like an error in our mail, thank you."),
            ),
        ),
        Topic(
            "Invoices",
            (
                ("I need an invoice for March", "Invoice {n} is in your account, under Documents."),
                ("is VAT included?", "Yes, at 22%, and it is shown on a line of its own."),
                ("I was charged twice", "One of the two is a reservation and disappears within 3 days."),
            ),
        ),
        Topic(
            "Opening hours",
            (
                ("When do you open tomorrow?", "Monday to Saturday, 9 am to 7:30 pm."),
                ("and on Sundays", "We are closed on Sundays, except in December."),
                ("are you open on Dec 26?", "We are, from 10 am to 2 pm."),
            ),
        ),
        Topic(
            "Returns",
            (
                ("I want to return a jacket", "You have 30 days. Shall I send you a label?"),
                ("yes please", "Here it is. Your return has number {n}."),
                ("how long does the refund take", "Up to 5 working days, to the card that you paid with."),
            ),
        ),
    ),
)
