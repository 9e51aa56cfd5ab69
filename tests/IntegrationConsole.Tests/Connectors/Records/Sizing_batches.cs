using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Tests.Connectors.Records;

public sealed class Sizing_batches
{
    private readonly BatchPace _pace = new(1_000);

    [Fact]
    public void A_destination_that_answers_at_once_gets_twice_as_many_and_no_more()
    {
        _pace.Tell(1_000, TimeSpan.FromMilliseconds(90));
        _pace.Tell(2_000, TimeSpan.FromMilliseconds(180));

        Assert.Equal(2_000, _pace.Records);
    }

    [Fact]
    public void A_destination_that_takes_long_gets_as_many_as_it_manages_in_three_seconds()
    {
        _pace.Tell(1_000, TimeSpan.FromSeconds(12));

        Assert.Equal(250, _pace.Records);
    }

    [Fact]
    public void However_long_it_takes_some_records_go_in_a_batch()
    {
        _pace.Tell(1_000, TimeSpan.FromHours(1));

        Assert.Equal(20, _pace.Records);
    }

    [Fact]
    public void A_destination_that_has_recovered_gets_more_again()
    {
        _pace.Tell(1_000, TimeSpan.FromSeconds(12));
        _pace.Tell(250, TimeSpan.FromMilliseconds(20));
        _pace.Tell(500, TimeSpan.FromMilliseconds(40));

        Assert.Equal(1_000, _pace.Records);
    }

    [Fact]
    public void A_small_rest_that_goes_fast_says_nothing_of_whole_batches()
    {
        _pace.Tell(7, TimeSpan.FromMilliseconds(2));

        Assert.Equal(1_000, _pace.Records);
    }

    [Fact]
    public void In_between_all_stays_as_it_is()
    {
        _pace.Tell(1_000, TimeSpan.FromSeconds(1));

        Assert.Equal(1_000, _pace.Records);
    }
}
