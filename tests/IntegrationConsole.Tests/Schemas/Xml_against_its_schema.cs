using IntegrationConsole.Schemas;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Schemas;

public sealed class Xml_against_its_schema
{
    private const string Order = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:element name="order">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="line" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:sequence>
                      <xs:element name="total" type="xs:decimal" />
                      <xs:element name="code" type="code" minOccurs="0" />
                    </xs:sequence>
                    <xs:attribute name="id" type="xs:int" use="required" />
                  </xs:complexType>
                </xs:element>
                <xs:any processContents="lax" minOccurs="0" namespace="##other" />
              </xs:sequence>
            </xs:complexType>
          </xs:element>
          <xs:simpleType name="code">
            <xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}(-[A-Z]+)*" /></xs:restriction>
          </xs:simpleType>
        </xs:schema>
        """;

    [Fact]
    public void A_document_that_fits_is_valid() =>
        Assert.Empty(Verdict("""<order><line id="1"><total>9.50</total><code>ABC-X</code></line><n:x xmlns:n="urn:other" /></order>""").Errors);

    [Fact]
    public void A_problem_has_its_element_line_position_and_a_sentence_without_the_value()
    {
        var verdict = Verdict("<order>\n<line id=\"1\"><total>1</total></line>\n<line id=\"2\"><total>secret</total></line>\n</order>");

        Assert.Equal(new XmlProblem("/order/line[2]/total", 3, 29, "The element total must be a value of the type decimal."), Assert.Single(verdict.Errors));
    }

    [Theory]
    [InlineData("""<order><line id="x"><total>1</total></line></order>""", "/order/line", "The attribute id must be a value of the type int.")]
    [InlineData("""<order><line id="1"><total>1</total><code>secret</code></line></order>""", "/order/line/code", "The element code must be a value of the type code: the Pattern constraint failed.")]
    [InlineData("""<order><line><total>1</total></line></order>""", "/order/line", "The required attribute 'id' is missing.")]
    [InlineData("""<order><line id="1"></line></order>""", "/order/line", "The element 'line' has incomplete content. List of possible elements expected: 'total'.")]
    [InlineData("""<other />""", "/other", "The 'other' element is not declared.")]
    [InlineData("""<x xmlns="urn:unknown" />""", "/x", "Could not find schema information for the element 'urn:unknown:x'.")]
    public void Each_kind_of_problem_is_told(string xml, string path, string sentence)
    {
        var error = Verdict(xml).Errors[0];

        Assert.Equal((path, sentence), (error.Path, error.Sentence));
    }

    [Theory]
    [InlineData("<order>")]
    [InlineData("")]
    [InlineData("""<!DOCTYPE order [<!ENTITY a "b">]><order>&a;</order>""")]
    public void What_is_not_XML_or_brings_a_DTD_is_an_error_and_not_an_exception(string xml) =>
        Assert.Contains(Verdict(xml).Errors, error => error.Sentence.StartsWith("This is not well-formed XML", StringComparison.Ordinal));

    [Fact]
    public void A_document_cannot_bring_its_own_rules() =>
        Assert.False(Verdict("""<order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="file:///etc/passwd"><line/></order>""").IsValid);

    [Fact]
    public void Depth_ends_with_a_named_limit()
    {
        var open = Compiled("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence><xs:element ref="a" minOccurs="0" /></xs:sequence></xs:complexType></xs:element></xs:schema>""");
        var deep = string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000));

        Assert.Equal(SchemaLimit.Depth, open.Validate(new StringReader(deep), XmlOptions.Default).Limit);
    }

    [Fact]
    public void Documents_that_belong_together_are_given_together_and_nothing_is_fetched()
    {
        const string main = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:m="urn:money"><xs:import namespace="urn:money" schemaLocation="http://localhost:9/money.xsd" /><xs:element name="total" type="m:amount" /></xs:schema>
            """;
        const string money = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:money"><xs:simpleType name="amount"><xs:restriction base="xs:decimal" /></xs:simpleType></xs:schema>
            """;

        Assert.False(Compiled(main, money).Validate(new StringReader("<total>x</total>"), XmlOptions.Default).IsValid);
        Assert.Contains("urn:money:amount", Refused(main).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<xs:schema", "The schema is not well-formed XML.")]
    [InlineData("""<!DOCTYPE a><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" />""", "The schema is not well-formed XML.")]
    [InlineData("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="none" /></xs:schema>""", "Type 'none' is not declared")]
    [InlineData("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" maxOccurs="99999999" /></xs:schema>""", "A count of occurrences is above 1000")]
    [InlineData("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="a"><xs:restriction base="xs:string"><xs:pattern value="([a-z]+)*" /></xs:restriction></xs:simpleType></xs:schema>""", "This pattern repeats what is itself repeated")]
    public void A_schema_that_is_none_or_would_never_end_is_refused(string schema, string sentence)
    {
        var watch = ThreadWatch.StartNew();

        Assert.StartsWith(sentence, Refused(schema).Sentence, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_schema_nested_ten_thousand_levels_is_refused()
    {
        var groups = string.Concat(Enumerable.Repeat("<xs:sequence>", 10_000)) + string.Concat(Enumerable.Repeat("</xs:sequence>", 10_000));

        Assert.Contains(
            "levels deep",
            Refused($"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="a">{groups}</xs:complexType></xs:schema>""").Sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_that_double_at_every_reference_are_refused_and_a_long_chain_of_them_is_not()
    {
        Assert.Contains("unfold", Refused(Groups(40, references: 2)).Sentence, StringComparison.Ordinal);
        Assert.NotNull(Compiled(Groups(1_000, references: 1)));
    }

    private static string Groups(int count, int references)
    {
        var groups = Enumerable.Range(0, count).Select(number =>
            $"""<xs:group name="g{number}"><xs:sequence>{string.Concat(Enumerable.Repeat($"""<xs:group ref="g{number + 1}" />""", references))}</xs:sequence></xs:group>""");
        return $"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{string.Concat(groups)}<xs:group name="g{count}"><xs:sequence><xs:element name="a" /></xs:sequence></xs:group></xs:schema>""";
    }

    private static XmlVerdict Verdict(string xml) => Compiled(Order).Validate(new StringReader(xml), XmlOptions.Default);

    private static XmlSchemaDocument Compiled(params string[] texts) => Assert.IsType<XmlSchemaCompilation.Compiled>(XmlSchemaDocument.Compile(texts)).Schema;

    private static XmlSchemaCompilation.Refused Refused(params string[] texts) => Assert.IsType<XmlSchemaCompilation.Refused>(XmlSchemaDocument.Compile(texts));
}
