"""The words that tables are headed and filled with, in the languages that pages are written in; in lower case."""

from __future__ import annotations


def split_words(words: str) -> list[str]:
    """Return the words of a list as it stands below."""
    return [word.strip() for word in words.replace("\n", "").split("|")]


# What a column holds, by the word at its head.
HEADS = {
    "name": """
    子字段|二级字段|二级参数|三级字段|三级参数|子参数|下级字段|sub field|subfield|sub-field
    |nested field|child|サブ項目|하위 필드|子属性|一级字段|一级参数
    |字段|字段名|字段名称|参数|参数名|参数名称|名称|属性|属性名|属性名称|名字|键|键名|变量|变量名|变量名称|成员|标识
    |英文名|英文名称|参数字段|返回字段|响应字段|返回参数|响应参数|返回参数名|返回值|参数英文名|key|keys|field|fields
    |field name|fieldname|name|parameter|parameters|param|params|parameter name|param name|property|properties
    |property name|attribute|attributes|attribute name|variable|member|element|column|argument|arguments|prop
    |response field|response parameter|json key|json field|フィールド|フィールド名|項目|項目名|パラメータ|パラメーター
    |パラメータ名|名前|プロパティ|キー|物理名|필드|필드명|이름|파라미터|매개변수|속성|항목|항목명|키|변수명|필드 이름
    |파라미터명|campo|campos|nombre|parámetro|propiedad|atributo|clave|nombre del campo|nombre del parámetro|nome
    |parâmetro|propriedade|chave|nome do campo|feld|feldname|eigenschaft|attribut|schlüssel|champ|nom|paramètre
    |propriété|clé|nom du champ|поле|имя|параметр|название|свойство|ключ|атрибут|имя поля|название поля|имя параметра
    |trường|tên|tên trường|tham số|thuộc tính|alan|nama
    |參數|參數名|參數名稱|名稱|欄位|欄位名稱|屬性|回傳欄位|鍵|變數名""",
    "type": """
    类型|数据类型|字段类型|参数类型|值类型|返回类型|变量类型|type|data type|datatype|value type|field type|param type
    |parameter type|types|json type|型|データ型|タイプ|種類|データタイプ|타입|유형|자료형|형식|형|데이터 타입
    |데이터 유형|데이터타입|tipo|tipo de dato|tipo de datos|tipo de dado|tipo de dados|typ|datentyp|type de données
    |тип|тип данных|kiểu|kiểu dữ liệu|loại|tür|tipe
    |類型|型別|資料型別|資料類型|參數類型|數據類型|型態""",
    "format": """
    格式|format|データ形式|formato|формат|数据格式""",
    "required": """
    是否必须|是否必需|是否必填|是否必选|必须|必需|必填|必选|是否必传|必传|必填项|是否必含|必含|必要|是否必要|必选项
    |是否必返|是否必返回|必返|必返回|必现|required|mandatory|require|is required|must|necessary|obligatory|req
    |required/optional|presence|m/o|o/m|必須|必須/任意|必須項目|必須か|필수|필수 여부|필수여부|필수/선택|obligatorio
    |requerido|es obligatorio|obrigatório|obrigatorio|pflicht|erforderlich|pflichtfeld|notwendig|obligatoire|requis
    |обязательный|обязательное|обязательность|обязательно|обязателен|обяз|bắt buộc|zorunlu|wajib
    |是否必須|必須""",
    "optional": """
    optional|可选|是否可选|选填|任意|선택|opcional|facultatif|facultativ|optionnel|необязательный|необязательно|非必填
    |is optional""",
    "nullable": """
    nullable|null|可空|是否可空|可为空|是否可为空|允许为空|是否允许为空|是否为空|allow null|allows null|can be null
    |null allowed|is nullable|null許容|null可|널 허용|null 허용|null 가능|nulo|permite nulo|可为null|是否可为null
    |允许null""",
    "description": """
    描述|说明|含义|备注|参数说明|字段说明|字段描述|参数描述|解释|释义|注释|详细说明|意义|注解|用途|补充说明|其他信息
    |其它信息|其他|备注说明|介绍|简介|参数含义|字段含义|说明/备注|描述说明|详细描述|description|descriptions|desc
    |meaning|notes|note|remarks|remark|comment|comments|explanation|details|detail|info|information|definition|purpose
    |about|summary|additional information|usage|what it is|contents|説明|意味|備考|概要|内容|설명|의미|비고|내용
    |descripción|descripcion|significado|notas|observaciones|comentario|comentarios|descrição|descricao|observações
    |beschreibung|bedeutung|hinweis|bemerkung|bemerkungen|anmerkung|erklärung|signification|remarques|remarque
    |описание|пояснение|примечание|комментарий|mô tả|ghi chú|ý nghĩa|açıklama|deskripsi|keterangan
    |說明|備註|描述說明|參數說明|欄位說明|含義""",
    "title": """
    中文名|中文名称|标题|title|别名|display name|参数中文名|字段中文名|中文|中文说明|タイトル|日本語名|論理名|表示名
    |표시명|한글명|título|titel|titre|заголовок|label
    |中文名稱|標題""",
    "example": """
    示例|示例值|例子|样例|举例|例|参考值|示例数据|样例值|mock|example|examples|example value|example values|sample
    |sample value|sample values|samples|e.g|eg|サンプル|サンプル値|値の例|예|예시|예제|예시값|ejemplo|ejemplos|exemplo
    |beispiel|beispielwert|exemple|пример|примеры|пример значения|ví dụ|örnek|contoh
    |範例|範例值""",
    "default": """
    默认|默认值|缺省值|缺省|default|default value|defaults|デフォルト|デフォルト値|既定値|初期値|기본값
    |valor por defecto|predeterminado|valor predeterminado|por defecto|padrão|valor padrão|standardwert|standard
    |vorgabe|par défaut|valeur par défaut|défaut|по умолчанию|значение по умолчанию|mặc định
    |預設|預設值""",
    "limits": """
    限制|约束|长度|最大长度|最小值|最大值|范围|校验规则|规则|长度限制|限制条件|校验|restrictions|constraints
    |restriction|constraint|limits|limit|length|max length|maxlength|validation|range|size|rules|rule|pattern
    |limitations|制約|制限|桁数|제약|제약조건|제약 조건|길이|restricciones|restrições|einschränkungen|contraintes
    |ограничения
    |限制條件|長度""",
    "values": """
    枚举|枚举值|可选值|可用值|可能值|可能的值|取值|取值范围|值域|允许值|可选项|取值说明|allowed values|allowed value
    |enum|enums|enum values|enumeration|values|possible values|options|valid values|accepted values|choices|列挙値
    |列挙型|取りうる値|許容値|허용값|가능한 값|열거형|허용 값|valores permitidos|valores|valores posibles
    |valores possíveis|erlaubte werte|mögliche werte|werte|valeurs possibles|valeurs|valeurs autorisées
    |допустимые значения|значения|возможные значения
    |列舉|列舉值|可用值|允許值""",
    "schema": """
    schema|schemas|模型|结构|data schema|数据模型|model|ref|数据结构|schéma|esquema|схема|スキーマ|스키마|返回类型
    |response schema|body""",
    "place": """
    in|location|位置|参数位置|请求类型|parameter in|param in|where|传参方式|located in|場所|위치|ubicación|localização
    |ort|emplacement|расположение|来源|param location|参数所在位置""",
    "status": """
    状态码|status code|code|http status code|http code|http状态码|http 状态码|status|响应码|返回码|http status
    |ステータスコード|ステータス|상태 코드|상태코드|코드|código|código de estado|código http|statuscode|code http|код
    |код состояния|код ответа|コード|錯誤碼|错误码
    |狀態碼""",
    "value": """
    值|value|値|값|valor|wert|valeur|значение|枚举项|枚举名""",
    "number": """
    序号|no|#|编号|idx|index|번호|№|num|n|项次|项|项目编号|行号|since|版本|version|起始版本|deprecated|从版本""",
}
# What a value is, as JSON type and format, by the word for it.
TYPES = {
    ("string", None): """
    string|str|text|varchar|nvarchar|char|longtext|mediumtext|character|characters|字符串|字符|字符型|字符串型|文本
    |字符串类型|文字列|文字|テキスト|ストリング|문자열|문자|텍스트|스트링|cadena|cadena de texto|texto|zeichenkette
    |zeichenfolge|chaîne|chaîne de caractères|chaine|texte|строка|строк|строки|строковый|zeichenketten|текст|chuỗi|metin
    |dize|java.lang.string
    |system.string|nsstring|keyword|stringa|testo
    |字串|字元|文字列型""",
    ("string", "date-time"): """
    datetime|date-time|date time|日期时间|localdatetime|java.util.date|offsetdatetime|日時|날짜시간|fecha y hora""",
    ("string", "date"): """
    date|localdate|日期|日付|날짜|fecha|data|datum|дата""",
    ("string", "uri"): """
    url|uri""",
    ("string", "uuid"): """
    uuid|guid""",
    ("string", "binary"): """
    file|binary|multipartfile|文件""",
    ("integer", None): """
    integer|int|short|smallint|tinyint|byte|uint|whole number|整数|整型|整形|整数型|整数类型|uint8|uint16|int16|int8
    |整数値|정수|정수형|entero|número entero|inteiro|ganzzahl|entier|nombre entier|целое|целое число|целочисленный
    |số nguyên|tamsayı|bilangan bulat|intero
    |整數""",
    ("integer", "int32"): """
    int32|uint32|int4""",
    ("integer", "int64"): """
    long|int64|bigint|uint64|biginteger|长整型|长整形|长整数|long int|long integer|int8 long|java.lang.long|롱|long型""",
    ("number", None): """
    number|numeric|decimal|bigdecimal|num|real|数字|数值|数值型|数字型|小数|数値|数|숫자|수|실수|número|numero|zahl
    |nombre|число|чисел|числовой|số|sayı|angka|数字类型|浮点数|浮点型|浮点|numérique|numérico|kommazahl|dezimalzahl
    |數字|數值|浮點數""",
    ("number", "float"): """
    float|float32|单精度""",
    ("number", "double"): """
    double|float64|双精度""",
    ("boolean", None): """
    boolean|bool|布尔|布尔值|布尔型|布尔类型|真偽値|真理値|ブール|ブール値|ブーリアン|불리언|불린|부울|논리형|booleano
    |lógico|wahrheitswert|boolesch|booléen|логический|булево|булев|булевый|true/false|logical|bit
    |布林|布林值""",
    ("object", None): """
    object|obj|对象|对象型|对象类型|jsonobject|json object|json对象|map|dict|dictionary|hash|struct|record|hashmap
    |字典|オブジェクト|連想配列|객체|오브젝트|objeto|objekt|objet|объект|объектов|objekte|objekten|đối tượng|nesne|objek
    |结构体|object type
    |jobject|oggetto|keyvalue
    |物件""",
    ("array", None): """
    array|list|数组|列表|集合|数组型|jsonarray|json array|set|collection|arraylist|配列|リスト|배열|리스트|목록
    |arreglo|matriz|lista|vector|liste|tableau|массив|список|mảng|danh sách|dizi|larik|数组类型|slice|tuple|sequence
    |iterable|ienumerable|json数组
    |陣列|清單""",
    ("null", None): """
    null|none|nil|void""",
    (None, None): """
    any|object/any|mixed|任意|任意类型|json|jsonnode|t|unknown|interface{}|interface|dynamic|*""",
}
YES = frozenset(
    split_words(
        """
    true|yes|y|是|必填|必须|必需|必选|必传|必返|必含|required|mandatory|m|√|✓|✔|✔️|✅|☑|☑️|1|○|◯|●|◎|必須|はい|필수|예
    |네|sí|si|sim|obligatorio|obligatoria|requerido|obrigatório|obrigatorio|obrigatória|ja|pflicht|erforderlich|oui
    |requis|obligatoire|да|обязательный|обязательно|обязательное|обязателен|обязательная|t|always|总是|有|bắt|có
    |zorunlu|evet|wajib|yes*|r|non-null|notnull|一定|必|req|必有|•"""
    )
)
NO = frozenset(
    split_words(
        """
    false|no|n|否|非必填|非必须|非必需|非必选|选填|可选|可不填|不必填|optional|o/c|×|✗|✘|❌|✖|✖️|0|任意|省略可|いいえ
    |선택|아니오|아니요|não|nao|opcional|nein|optionnel|facultatif|non|нет|необязательный|необязательно|необязательное
    |необязателен|f|conditional|不是|不必须|不必需|không|hayır|opsiyonel|tidak|opt|-|option|☐|□|不一定|可能|不必|非"""
    )
)
