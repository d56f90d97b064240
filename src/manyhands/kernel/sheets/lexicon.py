# ruff: noqa: E501 - lists of words read better unbroken
"""What headings are called in the spreadsheets of many groups and languages, and how to compare them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from manyhands.kernel.sheets.fields import Field

# Phrases as they are written, apart from case, accents, underscores and punctuation. Order and language do not matter.
# A phrase counts fully when it is the whole heading, and less the more other words stand beside it.
PHRASES: dict[Field, str] = {
    Field.NAME: """
        name; full name; fullname; your name; first and last name; name first and last; first name last name;
        contact name; requester name; requestor name; recipient name; recipient; neighbor name; neighbour name;
        volunteer name; helper name; driver name; member name; person; person name; name of person; client name;
        resident name; household name; name of recipient; name of person in need; customer name; customer; client;
        what is your name; what s your name; family name and first name; name or nickname; preferred name; display name;
        who; consumer name; participant name; patient name; name s; names; org name; title; business name;
        organization name; organisation name; site name; agency name; program name; programme name; name of initiative;
        nombre; como te llamas; como se llama; nombre completo; nombre y apellido; nombre y apellidos; su nombre; tu nombre; cual es su nombre; persona;
        nom; nom complet; nom et prenom; votre nom; prenom et nom; nome; nome completo; seu nome; nome e cognome;
        nome e sobrenome; nominativo; vorname und nachname; vor und nachname; ihr name; dein name; vollstandiger name;
        الاسم; اسم; الاسم الكامل; الاسم بالكامل; שם; שם מלא; שם פרטי ומשפחה; 姓名; 名字; 您的姓名; 名前; 氏名; お名前; 이름; 성함;
        имя; фио; ваше имя; имя и фамилия; імя; non; non konple; non ak siyati; ho ten; ho va ten; pangalan; adi; ad soyad;
        naam; imie i nazwisko; navn; namn; onoma; ονομα; नाम; নাম; نام""",
    Field.FIRST_NAME: """
        first name; firstname; given name; forename; first; nickname; vorname; prenom; primer nombre; primeiro nome;
        nombre de pila; nome proprio; שם פרטי; الاسم الاول; 名; prenon; first name only; preferred first name""",
    Field.LAST_NAME: """
        last name; lastname; surname; family name; last; nachname; familienname; nom de famille; apellido; apellidos;
        sobrenome; cognome; שם משפחה; اسم العائلة; اللقب; 姓; siyati; apelido; last name only""",
    Field.PHONE: """
        phone; phone number; phone no; phone nr; telephone; telephone number; tel; tel no; mobile; mobile number;
        mobile phone; cell; cell phone; cellphone; cell number; contact number; contact no; contact phone; phone 2;
        phone2; phone 1; phone numbers; phones; alternate phone; alternative phone; other phone; secondary phone;
        second phone; primary phone; home phone; best phone number; best number to reach you; number to call; ph; phn; phn number;
        whatsapp; whatsapp number; signal number; text number; sms number; landline; hotline number; callback number;
        requester phone; recipient phone; your phone number; what is your phone number; requester contact; contact info;
        contact information; contact details; contact; phone or email; how can we reach you; best way to reach you;
        volunteer phone; driver phone; telefono; numero de telefono; celular; movil; numero de celular; tel celular;
        telephone portable; numero de telephone; portable; telefone; numero de telefone; telemovel; telefon;
        telefonnummer; handy; handynummer; mobilnummer; rufnummer; cellulare; numero di telefono; recapito; recapito telefonico;
        الهاتف; هاتف; رقم الهاتف; رقم الجوال; الجوال; موبايل; تلفون; جوال; טלפון; מספר טלפון; נייד; טלפון נייד; טל; פלאפון;
        电话; 電話; 电话号码; 電話號碼; 手机; 手機; 手机号; 联系电话; 聯絡電話; 電話番号; 전화; 전화번호; 연락처; телефон;
        номер телефона; telefonn; nimewo telefon; so dien thoai; dien thoai; numero ng telepono; nr telefonu; fon; mob;
        τηλεφωνο; फोन; ফোন; فون""",
    Field.EMAIL: """
        email; e mail; email address; e mail address; mail; emails; email id; your email; requester email; contact email;
        recipient email; volunteer email; driver email; what is your email; preferred email; email addr; correo; username email;
        correo electronico; email direccion; direccion de correo; courriel; adresse email; adresse e mail; adresse mail;
        adresse electronique; mel; e mail adresse; emailadresse; mailadresse; endereco de email; e mail endereco; indirizzo email;
        posta elettronica; البريد الالكتروني; بريد الكتروني; الايميل; ايميل; البريد; דואל; דוא ל; אימייל; מייל; כתובת אימייל; כתובת מייל;
        邮箱; 電郵; 电子邮件; 電子郵件; 邮件; メール; メールアドレス; 이메일; почта; электронная почта; эл почта; imel; adres imel;
        adres e mail; eposta; e posta""",
    Field.CONTACT_METHOD: """
        contact method; preferred contact method; preferred method of contact; best way to contact; best way to contact you;
        how should we contact you; how would you like to be contacted; preferred contact; contact preference;
        contact preferences; method of contact; text or voice; text or call; call or text; communication preference;
        preferred communication; how to contact; how do you prefer to be contacted; how can we contact you; ok to text;
        metodo de contacto; forma de contacto; como prefiere que le contactemos; medio de contacto; moyen de contact;
        mode de contact; kontaktweg; kontaktart; bevorzugter kontakt; metodo di contatto; metodo de contato;
        forma de contato; طريقة التواصل; طريقة الاتصال; אופן יצירת קשר; דרך התקשרות; 联系方式; 聯絡方式; channel; voiceonly;
        voice only""",
    Field.LANGUAGE: """
        language; languages; language s; preferred language; preferred languages; primary language; spoken languages;
        languages spoken; language spoken; what languages do you speak; what language do you speak; other languages;
        other language; language other; i speak; i speak english and; lang; language preference; home language;
        languages you speak; speaks; spoken; i speak; which languages do you speak; mother tongue; preferred spoken language; language needs;
        idioma; idiomas; idioma preferido; lengua; lenguaje; que idiomas habla; langue; langues; langue parlee; langues parlees;
        sprache; sprachen; lingua; lingue; linguas; lingue parlate; idiomas falados; اللغة; لغة; اللغات; שפה; שפות;
        语言; 語言; 言語; 언어; язык; языки; lang ou pale; ngon ngu; wika; jezyk; dil; taal; talen""",
    Field.PRIVACY: """
        anonymous; remain anonymous; anonymity; need to remain anonymous; does your request need to remain anonymous;
        confidential; confidentiality; private; keep private; privacy; sharing level; can we share; do not share;
        share publicly; may we share; okay to share; ok to share; privacy preference; visibility; not be posted;
        wont post in slack; hide my name; anonimo; anonimato; confidencial; anonyme; confidentiel; anonym; vertraulich;
        riservato; مجهول; سري; אנונימי; חסוי; 匿名; 保密; can we post your request""",
    Field.CONSENT: """
        consent; data privacy consent; data consent; i agree; i consent; agreement; terms; gdpr; gdpr consent;
        privacy consent; data protection consent; consent to share; permission; permission to contact; do you consent;
        waiver; waiver signed; liability waiver; consent given; do they know you are asking; consentimiento; acepto;
        consentement; accord; einwilligung; einverstandnis; datenschutz; consenso; consentimento; موافقة; הסכמה; 同意""",
    Field.EXTERNAL_ID: """
        id; uniqueid; unique id; external id; record id; request id; ask id; ticket id; ticket; ticket number;
        case number; case id; reference; reference id; ref; ref no; reference number; request number; request code;
        code; number; no; nr; serial; serial number; order id; order number; uid; uuid; key; row id; rowid; response id;
        submission id; entry id; person id; member id; household id; family id; volunteer id; helper id; job id; task id;
        incident id; sourceid; source id; airtable id; request no; case; case no; vid; unique client; site id;
        numero; numero de solicitud; folio; identifiant; reference dossier; kennung; codigo; codice; identificativo;
        رقم; رقم الطلب; المعرف; מזהה; מספר פניה; מס; מספר; 编号; 編號; 序号; 番号""",
    Field.SOURCE: """
        source; how did you hear about us; how did you hear; referral source; referred from; heard about us; intake source;
        form source; origin; came from; how did they reach us; where did you hear about us; refer; howfind; family source;
        fuente; origen; como se entero; comment avez vous entendu parler de nous; quelle; herkunft; fonte; المصدر; מקור;
        来源; 來源; source of request; request source; volunteer howfind; how find""",
    Field.STATUS: """
        status; state of request; request status; stage; current status; progress; ask status; ticket status; case status;
        order status; orderstatus; fulfilled; completed; done; is completed; closed; open closed; delivery status; delivered;
        workflow status; outcome; disposition; estado de la solicitud; estatus; estado del pedido; statut; etat; stand;
        bearbeitungsstand; erledigt; stato; situacao; الحالة; حالة الطلب; סטטוס; מצב; 状态; 狀態; статус""",
    Field.ADDRESS: """
        address; street address; street; address 1; address line 1; address line; street 1; home address; delivery address;
        full address; mailing address; your address; current address; location; drop off address; dropoff address;
        drop off location; delivery location; where; what is your address; where do you live; address or cross streets;
        requester addr; requester address; recipient address; shipping address; street name; street name and number;
        house number; house no; building; place; site address; physical address; residence; residential address;
        pick up address; pickup address; pickup location; start address; starting address; starting point; start location;
        starting location; where will you start; home base; base; from address; address to deliver to; volunteer address;
        volunteer street 1; x address; addr; st address; incident location; location name; location description; venue;
        direccion; domicilio; calle; direccion de entrega; su direccion; donde vive; ubicacion; lugar; adresse; rue;
        adresse de livraison; lieu; votre adresse; anschrift; strasse; hausnummer; strasse und hausnummer; wohnort adresse; lieferadresse;
        ort der ubergabe; endereco; morada; rua; local; localizacao; indirizzo; via; civico; numero civico; luogo; indirizzo di consegna; العنوان; عنوان;
        الشارع; شارع; الموقع; المكان; مكان السكن; כתובת; כתובת מלאה; רחוב; רחוב ומספר; בית; מס בית; מספר בית; 地址; 住址; 街道; 详细地址; 住所; 주소;
        адрес; улица; adres; dia chi; tirahan; ulica; sokak; διευθυνση; पता; ঠিকানা; پتہ; ki kote ou rete; adrs""",
    Field.UNIT: """
        unit; apt; apartment; apartment number; apt no; apt number; apartment unit; suite; floor; address 2; address line 2;
        street 2; volunteer street 2; unit number; room; room number; flat; flat number; door; door number; buzzer; entrance;
        apartment suite unit; apartamento; departamento; piso; depto; appartement; etage; wohnung; stockwerk; apartamento numero;
        interno; scala; andar; شقة; الطابق; רقم الشقة; דירה; קומה; מס דירה; כניסה; 单元; 楼层; 公寓""",
    Field.CITY: """
        city; town; city town; municipality; village; place name; city state; city or town; locality; township; suburb city;
        ciudad; municipio; localidad; poblacion; ville; commune; stadt; ort; wohnort; gemeinde; cidade; citta; comune;
        المدينة; مدينة; القرية; עיר; ישוב; יישוב; 城市; 市; 도시; город; vil; thanh pho; miasto; sehir; plaats; siyudad""",
    Field.STATE: """
        state; province; state province; county; region state; state or province; estado; provincia; departement; bundesland;
        land; regione; stato provincia; المحافظة; الولاية; מחוז; 省; 州; 省份; область; district state""",
    Field.POSTCODE: """
        zip; zip code; zipcode; postal code; postcode; post code; postal; zip postal code; zip postcode; your zip code;
        your postcode; what is your zip code; codigo postal; cp; c p; code postal; plz; postleitzahl; cep; cap;
        codice postale; الرمز البريدي; מיקוד; 邮编; 邮政编码; 郵遞區號; 郵便番号; 우편번호; индекс; kod postal; kod pocztowy; pin code;
        pincode""",
    Field.COUNTRY: """
        country; pais; pays; land country; paese; البلد; الدولة; מדינה; 国家; 國家; nation; country code""",
    Field.CROSS_STREET: """
        cross street; cross streets; cross street 1; cross street 2; nearest intersection; intersection; nearest cross street;
        nearest cross streets; closest intersection; corner; nearest corner; closest cross streets; major intersection;
        cross st; main cross streets; nearest landmark; landmark; entre calles; esquina; calles cruzadas; interseccion;
        coin de rue; intersection la plus proche; kreuzung; nachste kreuzung; incrocio; esquina mais proxima; تقاطع;
        פינת רחוב; 路口; 交叉路口; 十字路口; entre que calles""",
    Field.AREA: """
        area; neighborhood; neighbourhood; neighborhoods; neighborhood area; neighborhood name; region; zone; borough; ward; district; quadrant;
        pod; sector; cluster; community area; service area; which neighborhood do you live in; what neighborhood do you live in;
        what neighborhood are you in; which neighborhood; local area; block; precinct; parish; hub; distribution centre;
        distribution center; community board; route area; delivery zone; volunteer quadrant; catchment; subregion; locality area;
        barrio; colonia; vecindario; zona; distrito; sector; que barrio; quartier; arrondissement; secteur; stadtteil; viertel; bezirk;
        kiez; gebiet; bairro; freguesia; regiao; quartiere; rione; الحي; حي; المنطقة; منطقة; שכונה; אזור; איזור; רובע; 社区; 社區; 区域; 區域; 街区; 地区; 地域;
        район; katye; khu vuc; dzielnica; mahalle; wijk; buurt; lugar area; ward code; community; location area; place area""",
    Field.LAT: """
        lat; latitude; gps lat; gps latitude; y coord; lat deg; start lat; home lat; geo lat; location lat; latitud; latitudine;
        breitengrad; geogr breite; breite; خط العرض; קו רוחב; 纬度; 緯度; 緯; point y; coord y; site lat; y coordinate""",
    Field.LON: """
        lon; lng; long; longitude; gps lon; gps lng; gps longitude; x coord; start lon; start lng; home lon; home lng; geo lng; location lng;
        location lon; longitud; longitudine; langengrad; geogr lange; lange; خط الطول; קו אורך; 经度; 經度; 経度; point x;
        coord x; site lon; x coordinate""",
    Field.GEO: """
        geo; geocode; coordinates; coords; lat lng; lat lon; lat long; latlng; latlon; gps; gps coordinates; location coordinates;
        latitude longitude; geolocation; geopoint; coordenadas; coordonnees; koordinaten; coordinate; الاحداثيات; נקודת ציון; קואורדינטות; 坐标; 座標;
        map point; pin; point""",
    Field.END_ADDRESS: """
        end address; end location; ending address; finish address; finish point; end point; finish location; destination;
        where will you finish; ending location; home area finish; return address; to address""",
    Field.END_LAT: "end lat; end latitude; finish lat; finish latitude; destination lat",
    Field.END_LON: "end lon; end lng; end longitude; finish lon; finish longitude; finish lng; destination lon; destination lng",
    Field.WHAT: """
        what; need; needs; what do you need; what do you need check all that apply; type; type of request; request type;
        type of support; types of support; what type s of support are you seeking; support type; category; categories;
        service; services; services needed; service needed; service requested; services requested; type of need; type of help; help needed; help type; kind of help; what kind of help do you need;
        what kind of support do you need; how can we help; how can we help you; what can we help with; items; items needed;
        item; item needed; items requested; items services requested; resources needed; supplies needed; what support do you need;
        request; requests; requested; request category; ask; asks; asking for; looking for; i need help with; i need; i am requesting; needed;
        basket type; box type; food box; order; structured items; goods; support needed; assistance needed; assistance type;
        type of assistance; need type; need category; need focus; support requested; what are you requesting; what would you like; wants; wish; other support; otro apoyo;
        items services requested posts in slack; what items do you need; which services do you need; mutual aid request; task; task type; job; job type;
        resources; offer; offering; what can you offer; what are you offering; resources you can offer; in kind donation; items offered; what do you want to give;
        que necesita; necesidad; necesidades; tipo de ayuda; tipo de apoyo; ayuda que necesita; categoria; servicio; servicios; solicitud; pedido;
        besoin; besoins; de quoi avez vous besoin; type d aide; categorie; aide demandee; demande; was wird gebraucht; bedarf; art der hilfe;
        hilfe; anliegen; was brauchen sie; kategorie; necessidade; necessidades; do que precisa; tipo de ajuda; bisogno; bisogni; di cosa hai bisogno;
        tipo di aiuto; richiesta; الاحتياج; الاحتياجات; نوع المساعدة; ماذا تحتاج; الطلب; نوع الطلب; צורך; צרכים; סוג עזרה; סוג הסל; סוג סל; במה אפשר לעזור; בקשה; פריט; פריטים;
        需求; 需要; 帮助类型; 需要什么; 需要什麼幫助; 您需要什么帮助; 类别; 類別; 要望; 필요; нужда; что нужно; потребность; категория; bezwen; kisa ou bezwen; can gi; kailangan""",
    Field.WORDS: """
        details; description; describe; message; add any details about your request; request details; details of request;
        more details; additional details; tell us more; please describe; please describe your need; explain; explanation;
        describe your situation; summary; subject; title; request info; request information; text; body; information; question; comment on request;
        details about your request; in your own words; what exactly do you need; specifics; other please describe; your message;
        situation; household situation; household sit; headline; report; incident title; need description; shopping list; grocery list; groceries; requester general needs;
        general needs; description of need; story; original; item description; delivery items; list;
        detalles; descripcion; describa; mensaje; mas informacion; describe tu situacion; details de la demande; precisions; message libre; beschreibung; nachricht; einzelheiten; genauere angaben;
        descricao; mensagem; detalhes; descrizione; messaggio; dettagli; التفاصيل; تفاصيل; الوصف; الرسالة; פירוט; פרטים; תיאור; הודעה; 详情; 描述; 說明; 说明; 留言; 内容; 詳細; 메시지; 설명; описание; сообщение; detay""",
    Field.QUANTITY: """
        quantity; qty; how many; how many do you need; amount needed; number of items; item quantity; quantity of items; count; number needed; sum of quantity;
        cantidad; quantite; menge; anzahl; quantidade; quantita; الكمية; العدد; כמות; 数量; 數量; количество""",
    Field.LOAD: """
        boxes; bags; number of boxes; number of bags; load; box count; bag count; crates; parcels; number of parcels; packages; number of packages;
        orders; number of orders; meals; number of meals; weight; weight kg; weight lbs; kg; lbs; volume; size of load; total boxes;
        cajas; bolsas; cartons; sacs; kisten; taschen; pakete; caixas; sacolas; pacchi; borse; صناديق; اكياس; ארגזים; שקיות; חבילות; 箱; 箱数; 袋""",
    Field.MINUTES: """
        minutes; service minutes; service time; duration; time needed; minutes needed; stop minutes; service time min; duration minutes; estimated minutes; minutes at door; how long; length of visit;
        duracion; duree; dauer; minuten; duracao; durata; المدة; دقائق; משך; דקות; 时长; 分钟""",
    Field.URGENCY: """
        urgency; urgent; priority; is your need; is your need please use best judgement in gauging urgency; how urgent;
        how urgent is your request; how urgent is it; time sensitivity; level of urgency; urgency level; time sensitive; how soon; how soon do you need it; how soon do you need help; when do you need it by how urgent;
        priority level; severity; is it urgent; is this urgent; emergency; criticality; triage; rush; need level;
        urgencia; urgente; prioridad; que tan urgente; urgence; priorite; dringlichkeit; dringend; prioritat; urgenza; priorita; prioridade;
        مستعجل; الاولوية; درجة الاستعجال; عاجل; דחיפות; עדיפות; דחוף; 紧急程度; 緊急程度; 紧急; 优先级; 優先; 緊急度; срочность; приоритет; ijans""",
    Field.RECURRING: """
        recurring; is your need recurring; is this recurring; frequency; how often; one time or recurring; one time or ongoing; repeat; recurrence; recurring need; ongoing;
        is this a one time or recurring need; weekly; regular; repeating; is this an ongoing need; how frequently; recurrente; frecuencia; con que frecuencia; frequence; recurrent; haufigkeit;
        wiederkehrend; regelmassig; frequenza; ricorrente; frequencia; recorrente; متكرر; التكرار; חוזר; תדירות; 频率; 是否定期; 重複""",
    Field.HOUSEHOLD_SIZE: """
        household size; number of people in household; number of people in the household; number of people in your household; people in household; how many people; how many people in your household; family size; household; number in household;
        how many people are in your household; how many people live in your household; number of people; household members; size of household; size of family; number of family members; family members; persons; people; num people; people count; number served; hh size; household count; no of people;
        how many people will this feed; how many people are you requesting for; total household; household number; party size; ppl; members in household;
        personas; numero de personas; personas en el hogar; cuantas personas; tamano del hogar; cuantas personas viven en su hogar; integrantes; miembros del hogar; nombre de personnes; taille du foyer; taille du menage; foyer; combien de personnes;
        personenzahl; haushaltsgrosse; anzahl personen; personen im haushalt; personen; pessoas; numero de pessoas; pessoas na casa; tamanho da familia; numero di persone; persone; componenti nucleo; pers; nucleo familiare; componenti;
        عدد الافراد; عدد افراد الاسرة; حجم الاسرة; عدد الاشخاص; נפשות; מספר נפשות; גודל משפחה; מס נפשות; 人数; 家庭人数; 家庭人口; 人數; 世帯人数; 가족수; количество человек; сколько человек; kantite moun; so nguoi; household qty""",
    Field.HOUSEHOLD_PART: """
        adults; number of adults; kids; children; number of children; number of kids; seniors; number of seniors; elders; elderly; babies; infants; toddlers; teens; under 18; dependents; dependents qty; minors; how many adults; how many children; how many kids; how many seniors; children under 18;
        adultos; ninos; numero de ninos; adultes; enfants; erwachsene; kinder; criancas; adulti; bambini; minori; البالغين; الاطفال; اطفال; عدد الاطفال; מבוגרים; ילדים; 成人; 儿童; 兒童; 大人; 小孩; 老人; взрослые; дети""",
    Field.REQUESTER: """
        requested by; requester; requestor; who is filling this form; person filling out form; person filling out this form; name of person filling out form; filled out by; submitted by; referred by; referrer; referrer name; referring person; on behalf of name; your name if different;
        name of person submitting; name of requester; contact person; submitter; submitter name; who is asking; asked by; referral name; your name if requesting for someone else; persona que llena el formulario; solicitado por; demande par; demandeur; eingetragen von; gemeldet von; richiesto da; solicitante; مقدم الطلب; ממלא הטופס; פונה; שם הפונה; 填表人; 申请人""",
    Field.FOR_SOMEONE_ELSE: """
        for someone else; on behalf; on behalf of someone else; is this for you or someone else; are you filling this out for someone else; are you requesting for yourself or someone else; requesting for someone else; for yourself or someone else; who is this request for; is this request for yourself; who needs help; who is this for;
        who fills it; are you requesting on behalf of someone; para otra persona; es para usted o para otra persona; pour quelqu un d autre; fur jemand anderen; per qualcun altro; para outra pessoa; لشخص اخر; עבור מישהו אחר; 为他人; 是否代人""",
    Field.IS_ASKER: "consumer; is consumer; recipient yes no; needs help; is recipient; asker; receives help",
    Field.IS_HELPER: "driver; is driver; volunteer yes no; is volunteer; helper; is helper",
    Field.ASKED_AT: """
        timestamp; time stamp; created; created at; created time; date created; created on; creation date; date submitted; submitted; submitted at; submitted on; submitted date; submission date; submission time; date of request; request date; date requested; requested on; requested at;
        date; time; date time; datetime; date time submitted; date received; received; received at; received on; intake date; date of intake; opened; opened at; request opened at; timestamp created; asked at; asked on; signup date; sign up date; date joined; joined; joined at; start time submitted; entry date; call date; date of call; logged; logged at; posted; posted at; date added; added; added on; legacy date submitted; legacy first date submitted; completion time; incident date; report date; when submitted; form submitted; time of request; created date; registration date; date of contact; first contact; when asked; date entered; received date; checkin date; check in date;
        marca temporal; fecha; fecha de solicitud; fecha y hora; fecha de envio; creado; horodateur; date de la demande; date de creation; zeitstempel; datum; eingangsdatum; erstellt; erstellt am; data; data do pedido; carimbo de data hora; data della richiesta; informazioni cronologiche; طابع زمني; التاريخ; تاريخ الطلب; חותמת זמן; תאריך; תאריך פניה; 时间戳; 時間戳記; 时间戳记; 日期; 提交时间; 提交日期; タイムスタンプ; 日付; 타임스탬프; 날짜; отметка времени; дата; dat""",
    Field.WANTED_ON: """
        delivery date; date needed; needed by; need by; need by date; needed on; deliver on; date of delivery; delivery day; wanted on; preferred date; preferred delivery date; preferred day; preferred delivery day; pickup date; pick up date; date wanted; scheduled date; schedule date; scheduled for; collect scheduled date; appointment date; appointment; next date needed; when do you need it; when do you need this; when do you need help; when is it needed; when needed; due date; due; deadline; by when; date of appointment; date for delivery; day; days; which day; best day; what day; visit date; requested delivery date; when; run date; when would you like;
        fecha de entrega; para cuando; cuando lo necesita; dia; date de livraison; date souhaitee; pour quand; quand; liefertermin; lieferdatum; wann; benotigt bis; termin; wunschtermin; data de entrega; quando; para quando; data di consegna; per quando; تاريخ التسليم; متى; موعد التسليم; تاريخ التوصيل; תאריך משלוח; תאריך אספקה; מתי; 送货日期; 配送日期; 需要日期; 什么时候需要; 何时""",
    Field.WANTED_FROM: """
        from; wanted from; earliest; earliest time; not before; window start; start time; time from; from time; after; start; tw start; delivery window start; open from; available after; ready time; opening; starting; deliver after; earliest delivery; time window start; begin; warehouse arrival time;
        desde; a partir de; hora inicio; hora de inicio; de; a partir de quelle heure; heure de debut; debut; von; ab; fruhestens; beginn; dalle; inizio; das; من; من الساعة; ابتداء من; משעה; החל מ; 从; 开始时间; 開始時間; 最早""",
    Field.WANTED_UNTIL: """
        until; to; wanted until; latest; latest time; not after; window end; end time; time to; to time; before; end; tw end; delivery window end; open until; till; closing; deliver before; deliver by; latest delivery; time window end; finish; finish time; by;
        hasta; hora fin; hora de fin; jusqu a; heure de fin; fin; bis; spatestens; ende; alle; fine; ate; fim; حتى; الى; الى الساعة; עד; עד שעה; 到; 至; 结束时间; 結束時間; 最晚""",
    Field.WANTED_WINDOW: """
        time window; delivery window; preferred time; best time; time of day; preferred time of day; preferred delivery time; delivery time; window; time slot; timeslot; slot; hours; best time to deliver; best time for delivery; what time; what times work; when are you home; when are you available; availability for delivery; best time to call; best time to reach you; appointment time; times available; pickup time; pick up time; delivery hours; time range; when can we deliver; when can you receive a delivery; when can we come; days and times; delivery time window;
        horario; hora; hora de entrega; franja horaria; horario preferido; creneau; creneau horaire; heure; heure de livraison; horaire; uhrzeit; zeitfenster; lieferzeit; zeit; orario; fascia oraria; horario de entrega; الوقت; وقت التسليم; الفترة; שעה; שעות; חלון זמן; שעת משלוח; 时间; 時間; 时间段; 時段; 送货时间; 時間帯""",
    Field.SKILLS: """
        skills; skill; special skills; how would you like to volunteer; how would you like to help; how can you help; how do you want to help; ways to help; what can you do; i can help with; what would you like to help with; services offered; roles; role; volunteer role; volunteer roles; interests; areas of interest; help offered; can help with; volunteer ways to help; volunteer request; tasks; task preferences; what kind of help can you offer; volunteer type; type of volunteer; type of volunteering; team; teams; abilities; experience; professional skills; volunteer interests; volunteer skills; do you have any special skills or particular resources you would like us to be aware of; i am a; able to; willing to; what are you able to help with; trained; training; certifications; what help can you offer; groups; committees; expertise; activities;
        habilidades; como puede ayudar; como quiere ayudar; tareas; competences; comment pouvez vous aider; comment souhaitez vous aider; fahigkeiten; wie mochten sie helfen; wobei kannst du helfen; ich kann helfen bei; aufgaben; competenze; come puoi aiutare; habilidades e competencias; como pode ajudar; المهارات; كيف يمكنك المساعدة; כישורים; במה תוכל לעזור; תפקיד; תחומי התנדבות; 技能; 您可以如何帮助; 能提供的帮助; スキル; навыки""",
    Field.MODE: """
        mode; transport; transportation; mode of transport; mode of transportation; vehicle; vehicle type; type of vehicle; car; do you have a car; do you have access to a car; has car; have a car; access to a car; car access; access to vehicle; do you have a vehicle; do you drive; can you drive; can drive; do you have a bike; bike; bicycle; walk; on foot; foot; public transit; has bike; biker; cyclist; travel mode; how do you get around; how will you travel; how will you deliver; delivery method; means of transport; do you have transportation; van; do you have a driver s license; drivers license; own car; cargo bike;
        transporte; tiene coche; tiene carro; vehiculo; coche; carro; medio de transporte; moyen de transport; voiture; velo; avez vous une voiture; vehicule; fahrzeug; auto; verkehrsmittel; haben sie ein auto; fahrrad; mezzo; mezzo di trasporto; hai la macchina; macchina; veiculo; tem carro; السيارة; وسيلة النقل; هل لديك سيارة; سيارة; רכב; יש רכב; אמצעי תחבורה; 交通工具; 交通方式; 是否有车; 是否有車; 车辆; 交通手段""",
    Field.CAPACITY: """
        capacity; how many boxes can you carry; max boxes; max bags; vehicle capacity; carrying capacity; boxes can carry; max load; bags can carry; how much can you carry; trunk size; max orders; number of deliveries per run; how many bags can you carry; car capacity;
        capacidad; capacite; kapazitat; wie viel konnen sie tragen; capacita; capacidade; السعة; قدرة; קיבולת; 容量; 可载数量""",
    Field.AVAILABLE_FROM: """
        available from; available after; availability start; shift start; start; from; start time; earliest start; can start at; free from; available start; earliest; begin; begins; from time; time from; not before; starts; earliest time; available starting;
        disponible desde; desde; disponible a partir de; de; verfugbar ab; verfugbar von; ab; von; disponibile dalle; dalle; disponivel a partir de; متاح من; من; זמין מ; משעה; 可用开始; 开始时间; 从""",
    Field.AVAILABLE_UNTIL: """
        available until; available to; availability end; shift end; end; until; to; end time; latest end; must finish by; free until; available end; latest; home by; till; to time; time to; not after; back by; ends; finish; finish by; latest time;
        disponible hasta; hasta; disponible jusqu a; jusqu a; verfugbar bis; bis; disponibile fino a; alle; disponivel ate; ate; متاح حتى; حتى; الى; זמין עד; עד; 可用结束; 结束时间; 到""",
    Field.AVAILABILITY: """
        availability; when are you available; days available; available; available days; times available; available times; days and times available; what days are you available; when can you help; when can you volunteer; general availability; typical availability; schedule; hours available; days; weekdays; preferred shifts; shifts; shift preference; what times are you available; time available; weekly availability; day s available; what days can you help; preferred times;
        disponibilidad; cuando esta disponible; dias disponibles; horario disponible; disponibilite; disponibilites; jours disponibles; verfugbarkeit; wann haben sie zeit; wann hast du zeit; tage; zeiten; disponibilita; giorni disponibili; disponibilidade; dias disponiveis; التوفر; متى تكون متاحا; اوقات الفراغ; الايام المتاحة; זמינות; ימים ושעות; ימים; 可用时间; 空闲时间; 有空时间; 可服务时间; 空き時間; доступность""",
    Field.AVAILABLE_ON: "available on; date available; shift date; volunteer date; available date; delivery date; run date; fecha disponible; date de disponibilite; verfugbar am; datum",
    Field.MAX_MINUTES: """
        max minutes; maximum minutes; max time; max duration; maximum duration; how long can you help; hours per week; max hours; minutes available; time available minutes; maximum hours; max route minutes; how many hours; how much time do you have; hours per shift; maximo de minutos; duree maximale; maximale dauer; horas; tempo massimo; المدة القصوى; מקסימום דקות; 最长时间""",
    Field.MAX_STOPS: """
        max stops; maximum stops; max jobs; maximum jobs; max deliveries; maximum deliveries; number of deliveries; how many deliveries; how many stops; max drops; stops; how many deliveries can you do; how many households can you deliver to; deliveries per run; max number of stops; maximo de paradas; maximo de entregas; arrets max; max stopps; fermate massime; عدد التوصيلات; מספר משלוחים; 最多配送""",
    Field.NOTES: """
        notes; note; comments; comment; remarks; internal notes; admin notes; case notes; organizer notes; intake notes; other notes; delivery notes; delivery comments; special instructions; delivery instructions; volunteer notes; additional notes; additional comments; other; anything else; anything else we should know; misc; extra info; memo; notas; comentarios; observaciones; otros; remarques; commentaires; bemerkungen; notizen; anmerkungen; kommentar; sonstiges; note aggiuntive; osservazioni; observacoes; comentarios adicionais; ملاحظات; تعليقات; הערות; הערה; 备注; 備註; 其他; 備考; メモ; 비고; примечания; комментарий; anything else you want us to know; pronouns; last modified; last updated; last processed; meta; tags; url; website; link; facebook; twitter; instagram; age; gender; sex; date of birth; dob; birthday; dietary restrictions; allergies; receipts; receipt; total cost; cost; amount; price; donation; balance; slack id; slack handle; slack url; attachments""",
}  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORDS = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"\s*#\W*$")
_COUNTED = re.compile(r"^\W*#\s*(?:of\b)?")
_MARKUP = re.compile(r"<[^>]{0,40}>")


def plain(text: str) -> str:
    """Lower case, no accents, words apart by one blank: "volunteerPhone_2" -> "volunteer phone 2"; long texts are cut."""
    return _plain(text[:600])


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    text = _MARKUP.sub(" ", unicodedata.normalize("NFKC", text))
    text = _COUNTED.sub(" number of ", _NUMBERED.sub(" number", text))
    text = _DIGITS.sub(" ", _CAMEL.sub(" ", text))
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(
        _WORDS.findall(unicodedata.normalize("NFKC", bare).replace("أ", "ا").replace("إ", "ا").replace("آ", "ا"))
    )


def has_no_blanks_between_words(text: str) -> bool:
    """True for Chinese and Japanese, where a phrase is looked for anywhere in the heading."""
    return any("\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in text)


@lru_cache(maxsize=1)
def phrase_fields() -> dict[str, tuple[Field, ...]]:
    """Every plain phrase -> the fields it may name."""
    fields: dict[str, list[Field]] = {}
    for field, phrases in PHRASES.items():
        for phrase in phrases.split(";"):
            key = plain(phrase)
            if key and field not in fields.setdefault(key, []):
                fields[key].append(field)
    return {key: tuple(found) for key, found in fields.items()}


@lru_cache(maxsize=20_000)
def is_known_heading(text: str) -> bool:
    """True where the whole text is something columns are called."""
    key = plain(text)
    if key in phrase_fields():
        return True
    without_number = key.rstrip("0123456789 ")
    return bool(without_number) and without_number in phrase_fields()
