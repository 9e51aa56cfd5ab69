using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Files;

public sealed class Holding_xml_files_to_a_schema : IDisposable
{
    private const string Orders = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:element name="orders">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="order" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="total" type="xs:decimal"/></xs:sequence>
                    <xs:attribute name="kind" default="usual"/>
                  </xs:complexType>
                </xs:element>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """;

    private static readonly string Settings = $"\"element\": \"order\", \"schema\": {JsonSerializer.Serialize(Orders)}";

    private readonly FolderOfFiles _files = new();

    [Fact]
    public async Task A_record_that_does_not_fit_is_set_aside_and_its_neighbours_are_not()
    {
        var records = await _files.ReadAsync("orders.xml", """
            <orders>
              <order><id>1</id><total>1.50</total></order>
              <order><id>2</id><total>secret</total></order>
              <order kind="rush"><id>3</id><total>3</total></order>
            </orders>
            """, Settings);

        Assert.Equal([null, FailureCause.SchemaChange, null], records.Select(record => record.Problem?.Cause));
        Assert.Equal(
            new Failure(FailureCause.SchemaChange, "The source does not send what was agreed: The element total must be a value of the type decimal.", "xsd") { Place = "Line 3 of orders.xml" },
            records[1].Problem);
        Assert.Equal(
            ["""{"id":"1","total":"1.50"}""", """{"id":"2","total":"secret"}""", """{"@kind":"rush","id":"3","total":"3"}"""],
            records.Select(record => record.Json));
    }

    [Theory]
    [InlineData("<bills><order><id>1</id><total>1</total></order></bills>", 1)]
    [InlineData("<orders>\n<made/>\n<order><id>1</id><total>1</total></order></orders>", 2)]
    public async Task What_does_not_fit_around_the_records_stops_the_file(string xml, int line)
    {
        var failure = await _files.FailAsync("orders.xml", xml, Settings);

        Assert.Equal((FailureCause.SchemaChange, "xsd", true), (failure.Cause, failure.Code, failure.IsSystemic));
        Assert.StartsWith($"orders.xml is not what its XML schema says, at line {line}: ", failure.Sentence);
    }

    [Fact]
    public void A_schema_that_is_none_is_refused_with_its_line()
    {
        IReadOnlyList<string> Check(string schema) =>
            [.. _files.Connector.Validate(_files.Connection($"\"schema\": {JsonSerializer.Serialize(schema)}").Settings).Select(problem => $"{problem.Path}: {problem.Sentence}")];

        Assert.Empty(Check(Orders));
        Assert.StartsWith("schema: Line 7: ", Assert.Single(Check(Orders.Replace("xs:int", "xs:nonsense", StringComparison.Ordinal))));
    }

    public void Dispose() => _files.Dispose();
}
