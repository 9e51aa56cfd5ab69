using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Text;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Pointing_into_the_text
{
    [Theory]
    [InlineData("fields:\n  - name: a\n    origin: expression\n    source: $uppercase(b", 4, "Line 4, character 24, fields[0].source: Expected ) before the end of the expression.")]
    [InlineData("fields:\n  - name: a\n    origin: expression\n    source: |-\n      $sum(b) &\n        (1 + )\n      & 2", 6, "Line 6, character 14, fields[0].source: ")]
    [InlineData("fields:\n  - name: a\n    source: b\nfilter: |\n\n  a and (", 6, "Line 6, character 9, filter: ")]
    [InlineData("fields:\n  - name: a\n    source: b\nchildren:\n  - stream: lines\n    list: lines\n    keyFields: [a]\n    fields:\n      - name: a\n        origin: expression\n        source: 1 +", 11, "Line 11, character 19, children[0].fields[0].source: ")]
    [InlineData("fields:\n  - name: a\n    source: b\nchildren:\n  - stream: lines\n    list: (lines\n    keyFields: [a]\n    fields:\n      - name: a\n        source: item", 6, "Line 6, character 16, children[0].list: ")]
    [InlineData("fields:\n  - name: a\n    origin: expression\n    source: \"\\\"x\\\" & (\"", 4, "Line 4, fields[0].source: ")]
    [InlineData("fields:\n  - name: a\n    type: integer\n    source: ''\n    default: x", 5, "Line 5, fields[0].default: The default is ")]
    [InlineData("fields:\n  - name: a\n    source: b\n  - source: c", 4, "Line 4, fields[1].name: Name the destination's field.")]
    [InlineData("fields:\n  - name: a\n    source: b\nkey: $lookup_table('none', id)", 4, "Line 4, key: Record key: There is no lookup table named none.")]
    public void A_mistake_is_on_one_line_and_it_is_the_text_s(string text, int line, string sentence)
    {
        var reading = MappingText.Read(text);

        var said = ProblemLines.Of(text, reading, MappingRules.Check(reading.Document!, []));

        var (at, words) = Assert.Single(said, each => each.Sentence.StartsWith(sentence, StringComparison.Ordinal));
        Assert.Equal(line, at);
        Assert.DoesNotContain("Line", words[4..]);
        Assert.DoesNotContain("At character", words);
    }
}
