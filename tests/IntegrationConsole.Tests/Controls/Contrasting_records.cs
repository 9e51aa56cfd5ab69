using System.Text;
using IntegrationConsole.Controls;

namespace IntegrationConsole.Tests.Controls;

public sealed class Contrasting_records
{
    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """{"a":2,"b":"y"}""", "")]
    [InlineData("""{"a":1}""", """{"a":"1"}""", "a is text, and a number in the good one.")]
    [InlineData("""{"a":"x"}""", """{"a":""}""", "a is empty text, and text in the good one.")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", "b is missing (a number in the good one).")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", "b is there (null) and not in the good one.")]
    [InlineData("""{"address":{"city":"x","zip":1}}""", """{}""", "address is missing (an object in the good one).")]
    [InlineData("""{"lines":[{"sku":"a"},{"sku":1}]}""", """{"lines":[{"sku":2}]}""", "")]
    [InlineData("""{"lines":[{"sku":"a"}]}""", """{"lines":[{"sku":2},{"sku":"b"}]}""", "lines[*].sku is a number or text, and text in the good one.")]
    [InlineData("""{"a":1}""", """{"a":""", "")]
    [InlineData("""[1]""", """{"a":1}""", "[*] is missing (a number in the good one).|a is there (a number) and not in the good one.")]
    public void What_differs_in_kind_is_said_and_values_are_not(string good, string bad, string sentences) =>
        Assert.Equal(sentences.Split('|', StringSplitOptions.RemoveEmptyEntries), RecordContrast.Of(Encoding.UTF8.GetBytes(good), Encoding.UTF8.GetBytes(bad)));
}
