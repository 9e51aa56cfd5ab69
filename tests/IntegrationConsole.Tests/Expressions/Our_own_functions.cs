using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Expressions;

public sealed class Our_own_functions
{
    [Theory]
    [InlineData("$number('1.234,50', 'de-DE')", "1234.50")]
    [InlineData("$number('1 234,5', 'fr-FR')", "1234.5")]
    [InlineData("$number('1’234.5', 'de-CH')", "1234.5")]
    [InlineData("$number('12,34,567.8', 'en-IN')", "1234567.8")]
    [InlineData("$number('(1,234.00)', 'en-US')", "-1234.00")]
    [InlineData("$number('١٢٣', 'en-US')", "123")]
    [InlineData("$number('123456789012345678901234567890.10', 'en-US')", "123456789012345678901234567890.10")]
    [InlineData("$number(5, 'de-DE')", "5")]
    public void Numbers_are_read_as_a_culture_writes_them(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$number('1.23', 'de-DE')", "D3030")]
    [InlineData("$number('1,2,3', 'en-US')", "D3030")]
    [InlineData("$number('1,50', 'en-US')", "D3030")]
    [InlineData("$number('', 'en-US')", "D3030")]
    [InlineData("$number('1', 'xx-nowhere')", "X1002")]
    public void Numbers_in_another_form_are_refused(string expression, string code)
    {
        Assert.Equal(code, Jsonata.ErrorOf(expression).Code);
    }

    [Theory]
    [InlineData("$date('31.12.2024', '[D01].[M01].[Y0001]', 'de-DE', 'Europe/Berlin')", "\"2024-12-30T23:00:00.000Z\"")]
    [InlineData("$date('1. März 2024', '[D]. [MNn] [Y]', 'de-DE')", "\"2024-03-01T00:00:00.000Z\"")]
    [InlineData("$date('3/9/2024 4:05 PM', '[M]/[D]/[Y] [h]:[m] [P]', 'en-US', 'America/New_York')", "\"2024-03-09T21:05:00.000Z\"")]
    [InlineData("$date('2024-10-27 02:30', '[Y]-[M]-[D] [H]:[m]', 'en-US', 'Europe/Berlin')", "\"2024-10-27T00:30:00.000Z\"")]
    [InlineData("$date('2024-03-01T10:00:00 +02:00', '[Y]-[M]-[D]T[H]:[m]:[s] [Z]', 'en-US', 'Europe/Berlin')", "\"2024-03-01T08:00:00.000Z\"")]
    [InlineData("$date('٢٠٢٤-٠٣-٠١', '[Y]-[M]-[D]', 'ar-EG')", "\"2024-03-01T00:00:00.000Z\"")]
    public void Dates_are_read_as_the_world_writes_them(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$date('31.02.2024', '[D].[M].[Y]')", "X1004")]
    [InlineData("$date('2024-03-31 02:30', '[Y]-[M]-[D] [H]:[m]', 'en-US', 'Europe/Berlin')", "X1004")]
    [InlineData("$date('2016-12-31T23:59:60', '[Y]-[M]-[D]T[H]:[m]:[s]')", "X1004")]
    [InlineData("$date('soon', '[D].[M].[Y]')", "X1004")]
    [InlineData("$date('1.1.2024', '[D].[M].[Y]', 'de-DE', 'Mars/Olympus')", "X1003")]
    public void Dates_that_do_not_exist_are_refused(string expression, string code)
    {
        Assert.Equal(code, Jsonata.ErrorOf(expression).Code);
    }

    [Theory]
    [InlineData("$hash('abc')", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"")]
    [InlineData("$hash('abc', 'md5')", "\"900150983cd24fb0d6963f7d28e17f72\"")]
    [InlineData("$mask('4111111111111111')", "\"************1111\"")]
    [InlineData("$mask('secret', -2)", "\"se****\"")]
    [InlineData("$mask('1234')", "\"****\"")]
    [InlineData("$uuid5('dns', 'www.example.com')", "\"2ed6657d-e927-568b-95e1-2665a8aea6a2\"")]
    [InlineData("$country('Germany') & $country('deu') & $country('Deutschland') & $country('UK')", "\"DEDEDEGB\"")]
    [InlineData("$country('fr', 'alpha3') & ' ' & $country('FRA', 'name')", "\"FRA France\"")]
    [InlineData("$currency('€') & $currency('usd') & $currency('£')", "\"EURUSDGBP\"")]
    [InlineData("$phone_e164('030 / 123 45-67', 'DE')", "\"+49301234567\"")]
    [InlineData("$phone_e164('+44 (0)20 7946 0958')", "\"+442079460958\"")]
    [InlineData("$phone_e164('(415) 555-2671', 'US')", "\"+14155552671\"")]
    [InlineData("$phone_e164('06 6982', 'IT')", "\"+39066982\"")]
    public void Values_are_brought_into_one_form(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$hash('a', 'crc')", "X1005")]
    [InlineData("$uuid5('nope', 'a')", "X1006")]
    [InlineData("$country('Atlantis')", "X1007")]
    [InlineData("$currency('doubloon')", "X1008")]
    [InlineData("$phone_e164('12345678')", "X1009")]
    [InlineData("$phone_e164('call me', 'DE')", "X1009")]
    [InlineData("$lookup_table('t', 'a')", "X1001")]
    public void What_cannot_be_read_is_an_error(string expression, string code)
    {
        Assert.Equal(code, Jsonata.ErrorOf(expression).Code);
    }

    [Fact]
    public void Lookup_tables_constants_and_the_clock_come_from_the_run()
    {
        var surroundings = new Surroundings(new ManualClock(new DateTimeOffset(2024, 3, 9, 16, 0, 0, TimeSpan.Zero)), new Random(1))
        {
            Variables = new Dictionary<string, Value> { ["tenant"] = Value.Of("acme"), ["run"] = Value.Of("r-1") },
            Tables = (table, key) => table != "colours" ? null : key == "1" ? Value.Of("red") : Value.Undefined,
        };

        Assert.Equal(
            """{"c":"red","t":"acme/r-1","n":"2024-03-09T16:00:00.000Z"}""",
            Jsonata.Of("{'c': $lookup_table('colours', 1), 'x': $lookup_table('colours', 2), 't': $tenant & '/' & $run, 'n': $now()}", null, surroundings));
    }
}
