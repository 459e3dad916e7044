"""What each page of the application is asked for when somebody is sought in it, and what pages may tell of somebody
whom they do not name.
"""

OF_A_MEETING = ("", "/dela", "/qr", "/vilka", "/sag", "/efter")
# What each page of the application is asked for; the codes are the town's. A page of the person's own is asked for with
# her code, one about somebody else with a neighbour's.
ADDRESSES: dict[str, tuple[str, ...]] = {
    "/healthz": ("/healthz",),
    "/readyz": ("/readyz",),
    # Counts texts and talks of the whole installation: see the test of its own.
    "/metrics": (),
    "/": ("/",),
    "/logga-in": ("/logga-in",),
    "/logga-in/kod": ("/logga-in/kod",),
    "/logga-in/koppla": ("/logga-in/koppla",),
    "/logga-in/aterstall": ("/logga-in/aterstall",),
    "/logga-in/inbjudan": ("/logga-in/inbjudan",),
    "/logga-in/kommun": ("/logga-in/kommun",),
    "/logga-in/kommun/svar": ("/logga-in/kommun/svar",),
    "/vaken": ("/vaken",),
    "/senast-gjort": ("/senast-gjort",),
    "/har/{place}": ("/har/samtal-{talk}",),
    "/utkast": ("/utkast",),
    "/mitt-konto": ("/mitt-konto",),
    "/idag": ("/idag", *(f"/idag?visa={part}" for part in ("manniska", "bokat", "ring", "nummer"))),
    "/idag/del/{name}": tuple(
        f"/idag/del/{part}" for part in ("manniska", "bokat", "ring", "nummer", "sida", "godkanna")
    ),
    "/register": (
        "/register",
        "/register?avslutade=ja",
        "/register?omrade=Skuggdalen",
        "/register?sprak=tornedalska",
        "/register?fyller=18",
        "/register?ejfram=alla",
        "/register?ordning=waiting",
        "/register?status=nya",
        "/register?mobil=ja",
        "/register?bokad=ja",
        "/register?nadd=nej",
        "/register?fran=17&till=17",
        "/register?steg=ring",
        "/register?steg=sms",
        "/register?uppgift=duplicate",
        "/register?uppgift=shared_number",
        "/register?kalla=Skugglistan",
        "/register?kontakt=7",
        "/register?kontakt=-30",
        "/register?ansvarig=0",
    ),
    "/register/ny": ("/register/ny",),
    "/register/urval": ("/register/urval",),
    "/register/annan-malgrupp": ("/register/annan-malgrupp",),
    "/register/exportera": ("/register/exportera", "/register/exportera?omrade=Skuggdalen"),
    "/register/importera": ("/register/importera",),
    "/register/importera/exempel.xlsx": ("/register/importera/exempel.xlsx",),
    "/register/importera/{code}": (
        "/register/importera/{file}",
        *(f"/register/importera/{{file}}?visa={which}" for which in ("nya", "andras", "saknas", "dubbletter", "fel")),
    ),
    "/register/importera/{code}/fel.xlsx": ("/register/importera/{file}/fel.xlsx",),
    "/register/import/{code}": ("/register/import/{run}", "/register/import/{complete}"),
    "/register/import/{code}/lage": ("/register/import/{run}/lage",),
    "/register/import/{code}/saknas": ("/register/import/{complete}/saknas",),
    "/register/import/{code}/{which}": ("/register/import/{run}/nya", "/register/import/{run}/andrade"),
    "/register/{code}": ("/register/{neighbour}",),
    "/register/{code}/tidslinje": ("/register/{neighbour}/tidslinje",),
    "/inkorg": ("/inkorg", *(f"/inkorg?flik={tab}" for tab in ("mina", "automaten", "klara"))),
    "/inkorg/del/lista": ("/inkorg/del/lista", "/inkorg/del/lista?flik=automaten&amne=fraga"),
    "/status": ("/status",),
    "/logg": ("/logg", "/logg?handelse=lasning"),
    "/inkorg/{code}": ("/inkorg/{neighbours_talk}",),
    "/inkorg/{code}/lista": ("/inkorg/{neighbours_talk}/lista", "/inkorg/{neighbours_talk}/lista?flik=automaten"),
    "/inkorg/{code}/samtal": ("/inkorg/{neighbours_talk}/samtal",),
    "/inkorg/{code}/tider": ("/inkorg/{neighbours_talk}/tider",),
    "/installningar/snabbsvar": ("/installningar/snabbsvar",),
    "/installningar/svarar": ("/installningar/svarar",),
    "/inkorg/{code}/tolkning/stoppet": (
        "/inkorg/{neighbours_talk}/tolkning/stoppet?text={neighbours_text}&betydelse=no",
    ),
    "/utskick": ("/utskick", *(f"/utskick?flik={tab}" for tab in ("pagar", "schemalagda", "utkast", "klara"))),
    "/utskick/del/lista": ("/utskick/del/lista",),
    "/utskick/nytt": ("/utskick/nytt", "/utskick/nytt?urval=unga+norr"),
    "/utskick/nytt/{step}": tuple(
        f"/utskick/nytt/{step}?u={{draft}}" for step in ("mottagare", "meddelande", "tid", "kontroll")
    ),
    "/utskick/nytt/{step}/del/{part}": tuple(
        f"/utskick/nytt/{step}/del/{part}?u={{draft}}"
        for step, part in (("mottagare", "antal"), ("meddelande", "forhandsvisning"), ("kontroll", "kontroll"))
    ),
    "/utskick/nytt/personer": tuple(
        f"/utskick/nytt/personer?u={{draft}}&visa={reason}" for reason in ("protected", "no_mobile", "")
    ),
    "/utskick/nytt/provkorning": ("/utskick/nytt/provkorning?u={draft}",),
    "/utskick/{code}": ("/utskick/{campaign}",),
    "/utskick/{code}/godkann": ("/utskick/{draft}/godkann",),
    "/utskick/{code}/del/{part}": ("/utskick/{campaign}/del/progress", "/utskick/{campaign}/del/resultat"),
    "/utskick/{code}/exportera": ("/utskick/{campaign}/exportera",),
    "/utskick/{code}/personer": tuple(
        f"/utskick/{{campaign}}/personer?visa={which}" for which in ("alla", "utan:protected", "utan_svar", "skickade")
    ),
    "/utskick/okanda": ("/utskick/okanda",),
    "/utskick/okanda/{code}/igen": ("/utskick/okanda/x/igen",),
    "/register/{code}/ratta": ("/register/{neighbour}/ratta",),
    "/register/{code}/uppgifter": ("/register/{neighbour}/uppgifter",),
    "/register/{code}/slaihop": ("/register/{neighbour}/slaihop",),
    "/register/{code}/slaihop/{other_code}": ("/register/{neighbour}/slaihop/{second}",),
    "/installningar/insatser": ("/installningar/insatser",),
    "/installningar/partner": ("/installningar/partner",),
    "/installningar/trappan": ("/installningar/trappan",),
    "/trappan": ("/trappan",),
    "/trappan/ring": ("/trappan/ring",),
    "/trappan/ring/pass": ("/trappan/ring/pass",),
    "/trappan/ring/pass/lage": ("/trappan/ring/pass/lage",),
    "/trappan/sms": ("/trappan/sms",),
    "/trappan/nummer": ("/trappan/nummer",),
    "/trappan/ovrigt": ("/trappan/ovrigt",),
    "/trappan/vykort": ("/trappan/vykort", "/trappan/vykort?slag=closing", "/trappan/vykort?urval=unga+norr"),
    "/trappan/vykort/saknar-adress.xlsx": ("/trappan/vykort/saknar-adress.xlsx?urval=unga+norr",),
    "/trappan/vykort/{code}": ("/trappan/vykort/{batch}",),
    "/trappan/vykort/{code}/vykort.pdf": ("/trappan/vykort/{batch}/vykort.pdf",),
    "/trappan/vykort/{code}/etiketter.xlsx": ("/trappan/vykort/{batch}/etiketter.xlsx",),
    "/k": ("/k",),
    "/k/{code}": ("/k/{card}",),
    "/m/{code}": ("/m/7K3P", "/m/7K3P?sprak=en", "/m/AAAA"),
    "/m/{code}/tack": ("/m/7K3P/tack",),
    "/m/{code}.ics": ("/m/7K3P.ics",),
    "/dialogmoten/{code}/affisch": ("/dialogmoten/{gathering}/affisch",),
    "/a/mote/{code}/affisch": ("/a/mote/{gathering}/affisch",),
    "/om-sms": ("/om-sms", "/om-sms?sprak=en", "/om-sms?skickat=1"),
    **{path: (path,) for path in ("/integritet", "/tillganglighet", "/hem")},
    "/kalender": ("/kalender", "/kalender?visa=vecka", "/kalender?vem=jag", "/kalender?vecka=2026-48"),
    "/kalender/tider": ("/kalender/tider",),
    "/kalender/sjuk": ("/kalender/sjuk",),
    "/kalender/boka": ("/kalender/boka",),
    "/kalender/mote/{code}": ("/kalender/mote/{meeting_of_Alva}",),
    "/kalender/flode/{secret}.ics": ("/kalender/flode/nothing.ics",),
    "/dialogmoten": ("/dialogmoten", "/dialogmoten?visa=genomforda", "/dialogmoten?visa=installda"),
    "/dialogmoten/nytt": ("/dialogmoten/nytt", "/dialogmoten/nytt?kopia={gathering}"),
    "/dialogmoten/{code}": tuple(
        f"/dialogmoten/{{{which}}}" for which in ("gathering", "held_gathering", "draft_gathering")
    ),
    "/dialogmoten/{code}/andra": ("/dialogmoten/{gathering}/andra",),
    "/dialogmoten/{code}/stallin": ("/dialogmoten/{gathering}/stallin",),
    # The token that forms carry is in /a/vaken.
    "/a/vaken": (),
    **{one: (one,) for one in ("/dialogmoten/ambassadorer", "/a", "/a/worker.js", "/a/dela", "/a/hjalp", "/a/annan")},
    "/a/nytt": ("/a/nytt", "/a/nytt?kopiera={own_meeting}"),
    "/a/timmar": ("/a/timmar", "/a/timmar?mote={own_meeting}"),
    **{f"/a/mote/{{code}}{part}": (f"/a/mote/{{own_meeting}}{part}",) for part in OF_A_MEETING},
    "/telefonen": ("/telefonen",),
    "/telefonen/del/telefoner": ("/telefonen/del/telefoner",),
    "/telefonen/del/guide": ("/telefonen/del/guide",),
    "/telefonen/del/klocka": ("/telefonen/del/klocka",),
    "/telefonen/{key}": ("/telefonen/{phone}",),
    "/telefonen/{key}/del/telefon": ("/telefonen/{phone}/del/telefon",),
    "/telefonen/{key}/del/bakom": ("/telefonen/{phone}/del/bakom",),
    "/telefonen/{key}/test": ("/telefonen/{phone}/test",),
    "/installningar": ("/installningar",),
    "/installningar/utskick": ("/installningar/utskick",),
    "/installningar/kanaler": ("/installningar/kanaler",),
    "/installningar/jour": ("/installningar/jour",),
    "/installningar/sprak": ("/installningar/sprak",),
    "/installningar/sakerhet": ("/installningar/sakerhet",),
    "/installningar/ordlista": ("/installningar/ordlista", "/installningar/ordlista?sok=skydd"),
    "/installningar/mal": ("/installningar/mal",),
    "/installningar/listor": ("/installningar/listor",),
    "/installningar/fragor": ("/installningar/fragor",),
    "/installningar/mallar": ("/installningar/mallar",),
    "/installningar/mallar/{code}": ("/installningar/mallar/OFFER", "/installningar/mallar/TIME-OK%3F"),
    "/installningar/tolkningar": ("/installningar/tolkningar",),
    "/installningar/checklista": ("/installningar/checklista",),
    "/installningar/kontor": ("/installningar/kontor",),
    "/installningar/personal": ("/installningar/personal",),
    "/installningar/personal/{code}": ("/installningar/personal/{colleague}",),
    # Never ends; it says that there is something new, and carries nothing.
    "/handelser": (),
}

# Pages by her own codes: the two named roles open them with a plain notice, nobody else does.
HERS = {
    "person": (
        "/register/{person}", "/register/{person}/tidslinje", "/register/{person}/ratta",
        "/register/{person}/uppgifter", "/register/{person}/slaihop",
    ),
    "merge": ("/register/{neighbour}/slaihop/{person}", "/register/{person}/slaihop/{neighbour}"),
    "talk": (
        "/inkorg/{talk}", "/inkorg/{talk}/samtal", "/inkorg/{talk}/tolkning/stoppet?text={text}&betydelse=no",
    ),
    "meeting": ("/kalender/mote/{meeting}", "/kalender/boka?mote={meeting}"),
    "text": ("/utskick/okanda/{lost}/igen",),
    "phone": (
        "/telefonen/{person}", "/telefonen/{person}/del/telefon", "/telefonen/{person}/del/bakom",
        "/telefonen/{person}/test",
    ),
}  # fmt: skip
NAMED = ("enhetschef", "samordnare")
# Where the two named roles of her office are told that there is somebody, never who: whoever waits for a human and
# whoever has a time (ux §4.2), texts whose fate must be decided, and of a campaign that so and so many got nothing
# (ux §4.8: "a count only; opens for the two roles"; the parts of a campaign add up).
TOLD_TO_THE_NAMED = {
    "today": (*ADDRESSES["/idag"], *ADDRESSES["/idag/del/{name}"]),
    "inbox": (
        *ADDRESSES["/inkorg"], *ADDRESSES["/inkorg/del/lista"], *ADDRESSES["/inkorg/{code}"],
        *ADDRESSES["/inkorg/{code}/lista"],
    ),
    "unsettled": ADDRESSES["/utskick/okanda"],
    "draft": (
        *ADDRESSES["/utskick/nytt/{step}"], *ADDRESSES["/utskick/nytt/{step}/del/{part}"],
        *ADDRESSES["/utskick/nytt/provkorning"], *ADDRESSES["/utskick/{code}/godkann"],
    ),
    "campaign": (
        *ADDRESSES["/utskick/{code}"], *ADDRESSES["/utskick/{code}/del/{part}"], *ADDRESSES["/utskick/{code}/personer"],
    ),
}  # fmt: skip
# A card that was printed before must be taken out of the pile: the page says its code, never whose it is or why.
# That a page was merged with another and parted again is the neighbour's own history; it does not say with whose.
# What staff have done stays in the log, whomever it was about; whom is said to those alone who may know. The page of
# lists in and out tells from the log which files have been taken out.
# That a time is taken is seen in the calendar by everybody who keeps it, as of anybody they may not see; never by whom.
# How many talks, people and times a colleague has in hand is told to whoever ends their employment, never whom; that an
# alert has been tried, and that there are times, stands in the checklist for going live.
TOLD_TO_ALL = {
    "in_hand": (*ADDRESSES["/installningar/personal/{code}"], *ADDRESSES["/installningar/checklista"]),
    "log": (*ADDRESSES["/logg"], *ADDRESSES["/senast-gjort"], *ADDRESSES["/installningar/listor"]),
    "calendar": (*ADDRESSES["/kalender"], *ADDRESSES["/kalender/boka"], *ADDRESSES["/inkorg/{code}/tider"]),
    "batch": ADDRESSES["/trappan/vykort/{code}"],
    "merged": (
        *(f"/register/{{neighbour}}{part}" for part in ("", "/tidslinje", "/uppgifter")),
        *ADDRESSES["/inkorg/{code}"],
    ),
}
