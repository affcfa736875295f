"""The words of documentation pages in other languages than Chinese and English, as generators and people translate them.

Japanese, Korean, Spanish, French, German, Russian, Portuguese, Italian, a few others, and Chinese in traditional
characters. All in lower case.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


REQUIRED = _words(
    "必要|必須|必須項目|필수|필수 항목|필수항목|requerido|requerida|obligatorio|obligatoria|necesario|requis|requise|"
    "obligatoire|erforderlich|pflichtfeld|pflicht|notwendig|обязательно|обязательный|обязательная|обязательное|"
    "обязательное поле|требуется|obrigatório|obrigatória|obbligatorio|obbligatoria|richiesto|richiesta|wymagane|"
    "zorunlu|gerekli|bắt buộc|wajib|vereist|verplicht"
)

OPTIONAL = _words(
    "選填|可選|非必須|任意|オプション|省略可|省略可能|任意項目|선택|선택 사항|선택사항|선택적|옵션|opcional|facultatif|"
    "facultative|optionnel|optionnelle|необязательно|необязательный|необязательная|необязательное|опционально|"
    "опциональный|opzionale|facoltativo|opcjonalne|isteğe bağlı|tùy chọn|opsional|nicht erforderlich|no requerido|"
    "non requis|não obrigatório|optioneel"
)

NULLABLE = _words(
    "null許容|null 許容|null可|null 可|null可能|null 可能|null 허용|null 가능|널 허용|permite null|puede ser null|"
    "puede ser nulo|acepta null|peut être null|peut être nul|null autorisé|kann null sein|null erlaubt|может быть null|"
    "допускает null|допускается null|pode ser null|pode ser nulo|anulable|anulável|permite nulo|può essere null"
)

OTHER_MARKS = _words(
    "非推奨|読み取り専用|書き込み専用|지원 중단|사용 중단|더 이상 사용되지 않음|읽기 전용|쓰기 전용|obsoleto|obsoleta|"
    "en desuso|solo lectura|solo escritura|obsolète|déprécié|lecture seule|écriture seule|veraltet|schreibgeschützt|"
    "nur lesen|nur schreiben|устарело|устаревшее|только чтение|только для чтения|только запись|depreciado|"
    "descontinuado|somente leitura|somente escrita|sola lettura|已棄用|唯讀"
)

ENUM_LABELS = (
    "利用可能なオプション|使用可能なオプション|使用可能な値|利用可能な値|可能な値|列挙値|列挙|許容値|有効な値|選択肢|"
    "値の候補|次のいずれか|以下のいずれか|사용 가능한 옵션|사용 가능한 값|가능한 값|허용되는 값|허용 값|허용값|열거형|"
    "열거 값|다음 중 하나|opciones disponibles|valores posibles|valores permitidos|valores disponibles|uno de|una de|"
    "enumeración|options disponibles|valeurs possibles|valeurs autorisées|valeurs disponibles|l'un de|l’un de|"
    "une des valeurs|énumération|verfügbare optionen|verfügbare werte|mögliche werte|erlaubte werte|zulässige werte|"
    "gültige werte|einer von|eines von|aufzählung|доступные варианты|доступные опции|доступные значения|"
    "возможные значения|допустимые значения|перечисление|один из|одно из|opções disponíveis|valores possíveis|"
    "valores disponíveis|um de|uma de|enumeração|opzioni disponibili|valori possibili|valori consentiti|列舉值|"
    "可用選項|允許值|可選值"
    "|uno de los siguientes|una de las siguientes|um dos seguintes|uma das seguintes|une des valeurs suivantes|un des"
    "|l'une des valeurs suivantes|eine der folgenden|einer der folgenden|одно из следующих|один из следующих|uno tra|uno dei"
    "|(?:以下|其中|取值|如下)之一|可取值|次のうちの?いずれか|다음 값 중 하나|valores|werte|valeurs|значения"
)

EXAMPLE_LABELS = (
    "例|サンプル|예|예시|예제|ejemplo|ejemplos|exemple|exemples|beispiel|beispiele|beispielwert|пример|примеры|exemplo|"
    "exemplos|esempio|範例"
)

DEFAULT_LABELS = (
    "デフォルト|デフォルト値|既定値|기본값|기본|valor predeterminado|valor por defecto|predeterminado|por defecto|"
    "valeur par défaut|par défaut|défaut|standardwert|standard|vorgabewert|по умолчанию|значение по умолчанию|"
    "valor padrão|padrão|predefinito|valore predefinito|預設值|預設"
)

LIMIT_LABELS = (
    "必須範囲|範囲|文字列の長さ|最小文字数|最大文字数|最小の長さ|最大の長さ|最大長|最小長|パターン|필수 범위|범위|"
    "문자열 길이|최소 길이|최대 길이|최소값|최대값|패턴|rango requerido|rango|longitud requerida|longitud mínima|"
    "longitud máxima|mínimo|máximo|patrón|plage requise|plage|longueur requise|longueur minimale|longueur maximale|"
    "motif|erforderlicher bereich|bereich|erforderliche zeichenfolgenlänge|minimale länge|maximale länge|mindestlänge|"
    "höchstlänge|muster|требуемый диапазон|диапазон|требуемая длина строки|длина строки|минимальная длина|"
    "максимальная длина|минимум|максимум|шаблон|intervalo obrigatório|intervalo|comprimento obrigatório|"
    "comprimento mínimo|comprimento máximo|padrão regex"
)
# What a button says that shows and hides the members of an object.
CHILDREN = (
    "子属性を表示|子属性を非表示|子要素を表示|属性を表示|하위 속성 표시|하위 속성 보기|하위 속성 숨기기|자식 속성 표시"
    "|mostrar atributos (?:secundarios|hijos|filhos)|ocultar atributos (?:secundarios|hijos|filhos)"
    "|(?:afficher|masquer) les (?:attributs|propriétés)(?: enfants)?|untergeordnete attribute (?:anzeigen|ausblenden)"
    "|(?:показать|скрыть) (?:дочерние|вложенные) (?:атрибуты|свойства)|(?:顯示|隱藏)子屬性|(?:mostra|nascondi) attributi figli"
)


SECTIONS: dict[str, frozenset[str]] = {
    "request": _words(
        "リクエスト|リクエストパラメータ|リクエストパラメーター|パラメータ|パラメーター|요청|요청 매개변수|매개변수|"
        "파라미터|요청 파라미터|solicitud|petición|parámetros|parámetros de solicitud|requête|paramètres|"
        "paramètres de requête|anfrage|anforderung|parameter|запрос|параметры|параметры запроса|requisição|solicitação|"
        "parâmetros|richiesta|parametri|請求參數|請求"
    ),
    "path": _words(
        "パスパラメータ|パスパラメーター|パス パラメータ|パス パラメーター|경로 매개변수|경로 파라미터|path 파라미터|"
        "parámetros de ruta|parámetros de la ruta|parámetros de path|paramètres de chemin|paramètres du chemin|"
        "paramètres de route|pfadparameter|pfad-parameter|path-parameter|path parameter|параметры пути|"
        "parâmetros de caminho|parâmetros de rota|parâmetros do caminho|parâmetros de path|parâmetros da rota|"
        "parametri di percorso|parametri del percorso|路徑參數|path パラメータ"
    ),
    "query": _words(
        "クエリパラメータ|クエリパラメーター|クエリ パラメータ|쿼리 매개변수|쿼리 파라미터|parámetros de consulta|"
        "parámetros de query|paramètres de query|abfrageparameter|query-parameter|параметры строки запроса|"
        "query-параметры|parâmetros de consulta|parâmetros de query|parametri di query|查詢參數"
    ),
    "header": _words(
        "ヘッダー|ヘッダーパラメータ|リクエストヘッダー|ヘッダ|헤더|요청 헤더|헤더 매개변수|encabezados|cabeceras|"
        "encabezados de solicitud|en-têtes|en-têtes de requête|kopfzeilen|header-parameter|заголовки|заголовки запроса|"
        "cabeçalhos|cabeçalhos da requisição|intestazioni|請求標頭|標頭"
    ),
    "cookie": _words("クッキーパラメータ|쿠키 매개변수|parámetros de cookie|paramètres de cookie|cookie-parameter"),
    "request-body": _words(
        "リクエストボディ|リクエストボディパラメータ|リクエストボディパラメーター|요청 본문|요청 본문 매개변수|"
        "cuerpo de la solicitud|cuerpo de la petición|corps de la requête|corps de requête|"
        "anfragekörper|anfragetext|anfrage-body|request-body|тело запроса|corpo da requisição|corpo da solicitação|"
        "corpo della richiesta|請求主體|請求體"
    ),
    "auth": _words(
        "認証|承認|認可|인증|권한 부여|autorización|autorizaciones|autenticación|autorisation|autorisations|"
        "authentification|autorisierung|autorisierungen|authentifizierung|авторизация|аутентификация|autorização|"
        "autorizações|autenticação|autorizzazioni|autorizzazione|授權|認證|驗證"
    ),
    "code": _words(
        "リクエスト例|リクエストサンプル|コード例|요청 예시|요청 예제|코드 예제|ejemplo de solicitud|"
        "ejemplo de petición|exemple de requête|beispielanfrage|anfragebeispiel|пример запроса|exemplo de requisição|"
        "exemplo de solicitação|esempio di richiesta|請求範例"
    ),
    "response": _words(
        "レスポンス|応答|成功応答|成功レスポンス|正常レスポンス|응답|성공 응답|respuesta exitosa|réponse réussie|"
        "erfolgreiche antwort|успешный ответ|resposta de sucesso|"
        "respuesta|respuestas|réponse|réponses|antwort|antworten|ответ|ответы|resposta|respostas|"
        "risposta|risposte|回應|響應|返回響應|レスポンスパラメータ|レスポンスフィールド|응답 매개변수|응답 필드|"
        "응답 파라미터|campos de respuesta|campos de la respuesta|parámetros de respuesta|champs de la réponse|"
        "champs de réponse|paramètres de réponse|antwortfelder|antwortparameter|felder der antwort|поля ответа|"
        "параметры ответа|campos de resposta|campos da resposta|parâmetros de resposta|campi della risposta|回應參數|"
        "回應欄位"
    ),
    "body": _words(
        "本文|ボディ|レスポンスボディ|본문|응답 본문|cuerpo|cuerpo de la respuesta|corps|corps de la réponse|"
        "antwortkörper|antworttext|antwort-body|тело|тело ответа|corpo|corpo da resposta|corpo della risposta|esquema|"
        "schéma|スキーマ|스키마|схема|回應主體"
    ),
    "example": _words(
        "レスポンス例|レスポンスサンプル|例|サンプル|응답 예시|응답 예제|예시|예제|ejemplo|ejemplo de respuesta|"
        "exemple|exemple de réponse|beispiel|beispielantwort|antwortbeispiel|пример|пример ответа|exemplo|"
        "exemplo de resposta|esempio|esempio di risposta|回應範例|範例"
    ),
}
