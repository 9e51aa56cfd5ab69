using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Values_of_its_own
{
    private static readonly FieldRule State = new() { Name = "f", Values = new Dictionary<string, string> { ["A"] = "active", ["B"] = "blocked" } };

    [Theory]
    [InlineData("A", LookupMiss.Reject, "active")]
    [InlineData("C", LookupMiss.Reject, "! f: the value at v is none of the 2 known values.")]
    [InlineData("C", LookupMiss.KeepValue, "C")]
    [InlineData("C", LookupMiss.Empty, "nothing")]
    [InlineData("a", LookupMiss.Empty, "nothing")]
    public void What_comes_becomes_what_the_field_knows(string text, LookupMiss miss, string expected) => Assert.Equal(expected, Trial.Text(State with { LookupMiss = miss }, text));

    [Fact]
    public void Numbers_are_compared_as_they_are_written_and_the_result_is_converted() =>
        Assert.Equal("10", Trial.Value(State with { Type = FieldType.Integer, Values = new Dictionary<string, string> { ["1"] = "10" } }, "1"));

    [Fact]
    public void They_outlive_being_written_down()
    {
        var read = MappingDocument.Parse(Trial.Document(State with { Source = "v" }).ToJson());

        Assert.Equal(State.Values, read.Fields[0].Values);
        Assert.Empty(MappingDiff.Between(read, Trial.Document(State with { Source = "v" })));
    }

    [Theory]
    [InlineData("cities", ValueOrigin.Path, "The value goes through cities already: use the lookup table or values of its own, not both.")]
    [InlineData("", ValueOrigin.Constant, "A constant does not go through a lookup table: enter what the table would make of it.")]
    public void They_stand_alone(string lookup, ValueOrigin origin, string sentence) =>
        Assert.Contains(MappingRules.Check(Trial.Document(State with { Source = "v", Lookup = lookup, Origin = origin }), ["cities"]), problem => problem.Sentence == sentence);
}
